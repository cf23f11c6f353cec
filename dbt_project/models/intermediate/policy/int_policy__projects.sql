with

projects as (

    select * from {{ ref('stg_registers__infrastructure_projects') }}

),

stages as (

    select
        project_id,
        min(case when part_number = 1 then stage_id end) as first_stage_id,
        count(*) as n_stages
    from {{ ref('int_policy__project_stages') }}
    group by project_id

)

select
    projects.*,
    stages.first_stage_id,
    coalesce(stages.n_stages, 0) as n_stages
from projects
left join stages on projects.project_id = stages.project_id
