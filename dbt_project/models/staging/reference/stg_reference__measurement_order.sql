with

seed as (

    select * from {{ ref('measurement_order') }}

)

select
    measurement_kind, priority, source_title, note
from seed
