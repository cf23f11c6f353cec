with

items as (

    select * from {{ ref('int_policy__project_items') }}

)

select
    cast(project_id as varchar) as project_id,
    cast(item_label as varchar) as item_label,
    cast(item_kind as varchar) as item_kind,
    cast(item_id as varchar) as item_id,
    cast(known_from_date as date) as known_from_date
from items
order by project_id nulls last, item_label nulls last
