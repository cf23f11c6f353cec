-- Every printed headline production number with the share and rank that its own edition gives it.
-- `series` is what must agree before two editions' quantities are subtracted.
with

production as (

    select * from {{ ref('fct_production') }}

),

shares as (

    select * from {{ ref('int_production__shares') }}

),

headline as (

    select
        source_id, edition, material_id, stage_id, country_id, year, row_kind, quantity,
        quantity_unit, qty_basis, value_status,
        coalesce(form_id, '') || '|' || coalesce(quantity_unit, '') || '|'
        || coalesce(qty_basis, '') as series
    from production
    where
        is_headline_series
        and measure = 'production'
        and row_kind in ('country', 'other_countries', 'printed_world_total')

),

shares_by_denominator as (

    select
        source_id, edition, material_id, stage_id, country_id, year,
        max(production_share) filter (where denominator = 'sum_rows') as production_share,
        max(production_share) filter (where denominator = 'printed_total') as printed_share,
        max(quantity) filter (where row_kind = 'country' and quantity > 0) as ranked_quantity
    from shares
    group by source_id, edition, material_id, stage_id, country_id, year

),

ranked as (

    -- as production_share ranks: only listed countries with a number compete
    select
        *,
        case
            when ranked_quantity is not null then rank() over (
                partition by source_id, edition, material_id, stage_id, year
                order by ranked_quantity desc nulls last
            )
        end as production_rank
    from shares_by_denominator

)

select
    headline.*, ranked.production_share, ranked.printed_share,
    ranked.production_rank
from headline
left join ranked
    on
        headline.source_id = ranked.source_id
        and headline.edition = ranked.edition
        and headline.material_id = ranked.material_id
        and headline.stage_id = ranked.stage_id
        and headline.country_id = ranked.country_id
        and headline.year = ranked.year
