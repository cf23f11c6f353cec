-- One row per material, stage and year, from the latest edition that has the year: how much
-- of the printed world total comes from named countries, how much is withheld or estimated, and how
-- wide the published ranges are.
with

production as (

    -- of one publisher: the sources of fct_production are never added
    select * from {{ ref('int_production__quantities') }}

),

headline as (

    select
        *,
        dense_rank() over (
            partition by source_id, material_id, stage_id, year
            order by known_from_date desc, edition desc
        ) as edition_age
    from production
    where
        is_headline_series
        and measure = 'production'
        and row_kind in ('country', 'other_countries', 'printed_world_total')

)

select
    material_id, stage_id, year,
    count(*) as n_rows,
    {{ exact_sum('quantity', filter="row_kind = 'country'") }}
    / nullif(max(quantity) filter (where row_kind = 'printed_world_total'), 0)
        as named_share,
    cast(count(*) filter (
        where row_kind = 'country' and value_status in ('withheld', 'not_available', 'unknown')
    ) as double) / nullif(count(*) filter (where row_kind = 'country'), 0) as withheld_share,
    {{ exact_sum('quantity', filter="row_kind = 'country' and is_estimated") }}
    / nullif({{ exact_sum('quantity', filter="row_kind = 'country'") }}, 0) as estimated_share,
    median((quantity_high - quantity_low) / nullif(quantity, 0)) filter (
        where row_kind = 'country'
    ) as median_band_width
from headline
where edition_age = 1
group by material_id, stage_id, year
