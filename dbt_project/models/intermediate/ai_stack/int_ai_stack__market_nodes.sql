-- One row per node of the latest edition of the chip supply chain dataset, or that it only names as
-- provided.
with

inputs as (

    select * from {{ ref('stg_eto_chip_explorer__inputs') }}
    qualify edition = max(edition) over ()

),

provided as (

    select distinct node_id
    from (
        select * from {{ ref('stg_eto_chip_explorer__provision') }}
        qualify edition = max(edition) over ()
    ) as latest

)

select
    node_id, inputs.node_name, inputs.node_kind, inputs.stage_node_id
from inputs
full outer join provided
    using (node_id)
