with

materials as (

    select * from {{ ref('int_reference__materials') }}

)

select
    cast(material_id as varchar) as material_id,
    cast(material_name as varchar) as material_name,
    cast(symbol as varchar) as symbol,
    cast(material_group as varchar) as material_group,
    cast(parent_material_id as varchar) as parent_material_id,
    cast(is_byproduct as boolean) as is_byproduct,
    cast(host_materials as varchar) as host_materials,
    cast(headline_stage_id as varchar) as headline_stage_id,
    cast(quantity_basis as varchar) as quantity_basis,
    cast(us_critical_2022 as varchar) as us_critical_2022,
    cast(us_critical_2025 as varchar) as us_critical_2025,
    cast(eu_critical_2023 as varchar) as eu_critical_2023,
    cast(eu_strategic_2023 as varchar) as eu_strategic_2023,
    cast(list_note as varchar) as list_note,
    cast(ai_role as varchar) as ai_role,
    cast(confidence as varchar) as confidence
from materials
order by material_id nulls last
