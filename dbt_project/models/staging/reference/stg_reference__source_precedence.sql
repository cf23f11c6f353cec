with

seed as (

    select * from {{ ref('source_precedence') }}

)

select
    source_id, priority, note
from seed
