with

seed as (

    select * from {{ ref('goods') }}

)

select
    good_id, good_name, stage_label
from seed
