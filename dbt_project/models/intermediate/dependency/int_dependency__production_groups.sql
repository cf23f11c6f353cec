-- One row per source, edition, material, stage and year of production: its flags, and whether it
-- is the latest edition that speaks of that commodity and year. Chosen for the whole world, never
-- per country.
with

production as (

    select * from {{ ref('production_share') }}

),

editions as (

    select
        source_id,
        edition,
        material_id,
        stage_id,
        year,
        max(known_from_date) as known_from_date,
        max(quality_flags) as quality_flags
    from production
    group by source_id, edition, material_id, stage_id, year

)

select
    source_id,
    edition,
    material_id,
    stage_id,
    year,
    quality_flags,
    row_number() over (
        partition by source_id, material_id, stage_id, year
        order by known_from_date desc nulls last, edition desc
    ) = 1 as is_latest_edition
from editions
