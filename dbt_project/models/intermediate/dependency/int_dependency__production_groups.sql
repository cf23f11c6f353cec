-- One row per source, edition, material, stage and year of production: its flags, and whether it
-- is the latest edition that has that commodity and year. Chosen for the whole world, never
-- per country. Producers without a figure are counted, with what the printed total leaves for them
-- (over the sum of the rows, rounding of the total included; NULL where nothing bounds them).
with

production as (

    select * from {{ ref('production_share') }}

),

rounding as (

    select threshold
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'printed_total_rounding'

),

editions as (

    select
        source_id, edition, material_id, stage_id, year,
        max(known_from_date) as known_from_date,
        max(quality_flags) as quality_flags,
        count(*) filter (
            where denominator = 'sum_rows'
            and row_kind = 'country'
            and value_status in ('withheld', 'not_available', 'unknown')
        ) as n_hidden,
        case
            when max(quality_flags) not like '%TOTAL_WITHOUT_US%'
                then greatest(1 / (1 + max(total_gap_share)) - 1, 0) + max(rounding.threshold)
        end as hidden_share_max
    from production
    cross join rounding
    group by source_id, edition, material_id, stage_id, year

)

select
    source_id, edition, material_id, stage_id, year, quality_flags, n_hidden, hidden_share_max,
    row_number() over (
        partition by source_id, material_id, stage_id, year
        order by known_from_date desc nulls last, edition desc
    ) = 1 as is_latest_edition
from editions
