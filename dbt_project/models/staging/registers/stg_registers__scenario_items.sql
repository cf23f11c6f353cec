with

seed as (

    select * from {{ ref('scenario_items') }}

)

select scenario_id, item_kind, item_id, stage_id
from seed
