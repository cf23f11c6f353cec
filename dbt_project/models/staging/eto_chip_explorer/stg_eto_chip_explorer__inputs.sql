with

inputs as (

    select * from {{ source_as_known('eto_chip_explorer', 'inputs') }}

)

select
    'eto_chip_explorer' as source_id,
    edition,
    input_id as node_id,
    input_name as node_name,
    type as node_kind,
    stage_id as stage_node_id,
    known_from_date
from inputs
