with

seed as (

    select * from {{ ref('minerals') }}

)

select
    material_id, material_name, symbol, material_group, parent_material_id, is_byproduct,
    host_materials, headline_stage_label, quantity_basis, us_critical_2022, us_critical_2025,
    eu_critical_2023, eu_strategic_2023, list_note, ai_role, usgs_mcs_slug, usgs_mcs2025_commodity,
    usgs_mcs2026_chapter, usgs_type_hint, usgs_mcs2025_unit, bgs_production_commodity, confidence,
    source_note
from seed
