-- Every printed headline production number with the share and rank that its own edition gives it.
-- `series` is what must agree before two editions' quantities are subtracted.
with

production as (

    select * from {{ ref('fct_production') }}

),

shares as (

    select * from {{ ref('production_share') }}

),

headline as (

    select source_id, edition, material_id, stage_id, country_id, year, row_kind, quantity,
        quantity_unit, value_status,
        coalesce(form_id, '') || '|' || coalesce(quantity_unit, '') || '|'
            || coalesce(qty_basis, '') as series
    from production
    where is_headline_series
        and measure = 'production'
        and row_kind in ('country', 'other_countries', 'printed_world_total')

),

shares_by_denominator as (

    select source_id, edition, material_id, stage_id, country_id, year,
        max(production_share) filter (where denominator = 'sum_rows') as production_share,
        max(production_share) filter (where denominator = 'printed_total') as printed_share,
        max(rank) filter (where denominator = 'sum_rows') as production_rank
    from shares
    group by source_id, edition, material_id, stage_id, country_id, year

)

select headline.*, shares_by_denominator.production_share, shares_by_denominator.printed_share,
    shares_by_denominator.production_rank
from headline
left join shares_by_denominator
    on headline.source_id = shares_by_denominator.source_id
    and headline.edition = shares_by_denominator.edition
    and headline.material_id = shares_by_denominator.material_id
    and headline.stage_id = shares_by_denominator.stage_id
    and headline.country_id = shares_by_denominator.country_id
    and headline.year = shares_by_denominator.year
