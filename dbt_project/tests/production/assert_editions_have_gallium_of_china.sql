{{ config(
    severity='warn',
    description="China's gallium is in each edition since 2025: the number that is asked for "
        ~ "first."
) }}
select edition
from {{ ref('production_share') }}
where source_id = 'usgs_mcs' and edition >= '2025'
group by edition
having count(*) filter (where material_id = 'gallium' and country_id = 'CHN') = 0
