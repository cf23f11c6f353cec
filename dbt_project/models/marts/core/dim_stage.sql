with

stages as (

    select * from {{ ref('stg_reference__stages') }}

)

select
    cast(stage_id as varchar) as stage_id,
    cast(stage_name as varchar) as stage_name,
    cast(stage_order as integer) as stage_order,
    cast(tier_id as varchar) as tier_id,
    cast(description as varchar) as description
from stages
order by stage_order nulls last, stage_id nulls last
