with

seed as (

    select * from {{ ref('instrument_patterns') }}

)

select
    pattern_id,
    pattern,
    replacement
from seed
