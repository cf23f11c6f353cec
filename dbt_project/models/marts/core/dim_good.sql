with

goods as (

    select * from {{ ref('int_reference__goods') }}

)

select
    cast(good_id as varchar) as good_id,
    cast(good_name as varchar) as good_name,
    cast(stage_id as varchar) as stage_id
from goods
order by good_id nulls last
