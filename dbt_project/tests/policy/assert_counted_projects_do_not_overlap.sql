{{ config(
    description="Two projects whose figures hold each other are not both in a sum of one unit."
) }}
with

projects as (

    select * from {{ ref('fct_project') }}
    where is_counted and capacity is not null

)

select
    projects.project_id, others.project_id as other_project_id, projects.capacity_unit
from projects
inner join projects as others
    on
        projects.capacity_unit = others.capacity_unit
        and concat('|', projects.overlaps_with, '|') like concat('%|', others.project_id, '|%')
