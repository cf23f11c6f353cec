with

seed as (

    select * from {{ ref('stages') }}

)

select
    stage_id, stage_name, stage_order, tier_id, description
from seed
