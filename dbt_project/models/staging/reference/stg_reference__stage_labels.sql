with

seed as (

    select * from {{ ref('stage_labels') }}

)

select
    source_id, label,
    coalesce(item_id, '') as item_id,
    part_number, stage_id, note
from seed
