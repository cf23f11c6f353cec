with

seed as (

    select * from {{ ref('item_labels') }}

)

select
    label, item_kind, item_id, note
from seed
