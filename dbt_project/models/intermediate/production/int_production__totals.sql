-- One row per headline series and year of an edition: what its rows add up to, what the publisher
-- prints as the total, and how far the rows are from complete. Bounds of the concentration follow
-- the residual rule: "other countries" split finely gives the low, split into producers as large
-- as the smallest listed one gives the high.
with

quantities as (

    select * from {{ ref('int_production__quantities') }}
    where is_headline_series and measure = 'production'

),

totals as (

    select
        source_id, edition, material_id, stage_id, form_id, year,
        max(quantity_unit) as quantity_unit,
        coalesce({{ exact_sum('quantity', filter="row_kind <> 'printed_world_total'") }}, 0)
            as sum_rows,
        coalesce(
            {{ exact_sum(
                'quantity', filter="row_kind <> 'printed_world_total' and country_id <> 'USA'"
            ) }},
            0
        ) as sum_rows_without_us,
        max(quantity) filter (where row_kind = 'printed_world_total') as printed_total,
        coalesce(
            max(case when excludes_us then 1 else 0 end)
            filter (where row_kind = 'printed_world_total'),
            0
        ) = 1 as total_excludes_us,
        {{ exact_sum('quantity', filter="row_kind = 'other_countries'") }} as other_quantity,
        min(quantity) filter (where row_kind = 'country' and quantity > 0) as least_listed,
        count(*) filter (where row_kind = 'country' and quantity > 0) as n_producers,
        count(*) filter (where row_kind <> 'printed_world_total' and value_status = 'withheld')
            as n_withheld,
        count(*) filter (
            where row_kind <> 'printed_world_total'
            and value_status in ('not_available', 'unknown')
        ) as n_unknown,
        count(*) filter (where value_status = 'estimated') as n_estimated,
        {{ exact_sum('quantity', filter="country_id = 'UNMAPPED'") }} as unmapped_quantity
    from quantities
    group by source_id, edition, material_id, stage_id, form_id, year

),

comparable as (

    select
        *,
        case when total_excludes_us then sum_rows_without_us else sum_rows end
        / nullif(printed_total, 0) - 1 as total_gap_share,
        coalesce(other_quantity, 0) / nullif(sum_rows, 0) as other_share,
        least_listed / nullif(sum_rows, 0) as least_listed_share
    from totals

)

select
    *,
    floor(other_share / nullif(least_listed_share, 0)) as n_split_producers
from comparable
