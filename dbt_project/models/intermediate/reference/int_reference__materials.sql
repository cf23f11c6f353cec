with

minerals as (

    select * from {{ ref('stg_reference__minerals') }}

),

stage_of_label as (

    select * from {{ ref('int_reference__stage_mapping') }}
    where source_id = 'minerals' and part_number = 1

),

-- a list that was not known on the day of the run flags nothing
known_lists as (

    select
        max(case when flag_column = 'us_critical_2022' then 1 else 0 end) as knows_us_2022,
        max(case when flag_column = 'us_critical_2025' then 1 else 0 end) as knows_us_2025,
        max(case when flag_column = 'eu_critical_2023' then 1 else 0 end) as knows_eu_critical,
        max(case when flag_column = 'eu_strategic_2023' then 1 else 0 end) as knows_eu_strategic
    from {{ ref('stg_reference__critical_lists') }}

)

select
    minerals.material_id, minerals.material_name, minerals.symbol, minerals.material_group,
    minerals.parent_material_id, minerals.is_byproduct, minerals.host_materials,
    stage_of_label.stage_id as headline_stage_id,
    minerals.quantity_basis,
    case when known_lists.knows_us_2022 = 1 then minerals.us_critical_2022 end as us_critical_2022,
    case when known_lists.knows_us_2025 = 1 then minerals.us_critical_2025 end as us_critical_2025,
    case when known_lists.knows_eu_critical = 1 then minerals.eu_critical_2023 end as eu_critical_2023,
    case when known_lists.knows_eu_strategic = 1 then minerals.eu_strategic_2023 end as eu_strategic_2023,
    minerals.list_note, minerals.ai_role, minerals.confidence
from minerals
cross join known_lists
left join stage_of_label
    on
        minerals.material_id = stage_of_label.item_id
        and minerals.headline_stage_label = stage_of_label.label
