with

items as (

    select * from {{ ref('int_policy__event_items') }}

)

select
    cast(event_id as varchar) as event_id,
    cast(item_label as varchar) as item_label,
    cast(item_kind as varchar) as item_kind,
    cast(item_id as varchar) as item_id,
    cast(known_from_date as date) as known_from_date
from items
order by event_id nulls last, item_label nulls last
