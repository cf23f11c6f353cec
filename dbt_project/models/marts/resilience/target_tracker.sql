with

figures as (

    select * from {{ ref('int_methods__target_figures') }}

)

select
    cast(target_id as varchar) as target_id,
    cast(entity_id as varchar) as entity_id,
    cast(material_id as varchar) as material_id,
    cast(stage_id as varchar) as stage_id,
    cast(measure as varchar) as measure,
    cast(comparator as varchar) as comparator,
    cast(target_value as double) as target_value,
    cast(unit as varchar) as unit,
    cast(target_date as date) as target_date,
    cast(actual_year as integer) as actual_year,
    cast((actual_low + actual_high) / 2 as double) as actual_value,
    cast(actual_low as double) as actual_low,
    cast(actual_high as double) as actual_high,
    cast((actual_low + actual_high) / 2 - target_value as double) as distance,
    cast(
        case
            when missing_reason is not null then 'not_measurable'
            when comparator = '>=' and actual_low >= target_value then 'on_track'
            when comparator = '>=' and actual_high < target_value then 'off_track'
            when comparator = '<=' and actual_high <= target_value then 'on_track'
            when comparator = '<=' and actual_low > target_value then 'off_track'
            else 'undetermined'
        end as varchar
    ) as status,
    cast(missing_reason as varchar) as missing_reason,
    cast(actual_source_id as varchar) as actual_source_id,
    cast(legal_ref as varchar) as legal_ref,
    cast(source_title as varchar) as source_title,
    cast(source_url as varchar) as source_url,
    cast(note as varchar) as note,
    cast(known_date as date) as known_from_date,
    cast(lineage_id as varchar) as lineage_id
from figures
