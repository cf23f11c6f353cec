-- One row per headline series row and denominator: its share, bounds included.
with

quantities as (

    select * from {{ ref('int_production__quantities') }}
    where
        is_headline_series
        and measure = 'production'
        and row_kind <> 'printed_world_total'

),

totals as (

    select * from {{ ref('int_production__totals') }}

),

denominators as (

    select 'sum_rows' as denominator
    union all
    select 'printed_total'

),

divided as (

    select
        quantities.source_id, quantities.edition, quantities.material_id, quantities.stage_id,
        quantities.form_id, quantities.country_id, quantities.row_kind, quantities.year,
        denominators.denominator, quantities.quantity, quantities.quantity_low,
        quantities.quantity_high, quantities.quantity_unit, quantities.qty_basis,
        quantities.value_status, quantities.value_operator,
        case denominators.denominator
            when 'sum_rows' then nullif(totals.sum_rows, 0)
            -- a total without the United States is no denominator of theirs
            when 'printed_total' then
                case
                    when totals.total_excludes_us and quantities.country_id = 'USA' then null
                    else nullif(totals.printed_total, 0)
                end
        end as denominator_quantity,
        totals.total_gap_share, totals.total_excludes_us, totals.n_withheld, totals.n_unknown,
        totals.n_estimated, totals.unmapped_quantity, totals.sum_rows, totals.printed_total,
        quantities.known_from_date, quantities.known_to_date
    from quantities
    inner join totals
        on
            quantities.source_id = totals.source_id
            and quantities.edition = totals.edition
            and quantities.material_id = totals.material_id
            and quantities.stage_id = totals.stage_id
            and quantities.form_id = totals.form_id
            and quantities.year = totals.year
    cross join denominators

)

select
    *,
    quantity / denominator_quantity as production_share,
    quantity_low / denominator_quantity as production_share_low,
    quantity_high / denominator_quantity as production_share_high
from divided
