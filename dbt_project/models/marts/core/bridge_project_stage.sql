with

stages as (

    select * from {{ ref('int_policy__project_stages') }}

)

select
    cast(project_id as varchar) as project_id,
    cast(part_number as integer) as part_number,
    cast(stage_id as varchar) as stage_id,
    cast(known_from_date as date) as known_from_date
from stages
order by project_id nulls last, part_number nulls last
