with

projects as (

    select * from {{ ref('stg_registers__infrastructure_projects') }}

),

stage_labels as (

    select * from {{ ref('stg_reference__stage_labels') }}
    where source_id = 'infrastructure_projects' and stage_id is not null

)

select
    projects.project_id, stage_labels.part_number, stage_labels.stage_id, projects.known_from_date
from projects
inner join stage_labels on projects.stage_label = stage_labels.label
