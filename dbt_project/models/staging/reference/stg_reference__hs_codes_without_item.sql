with

seed as (

    select * from {{ ref('hs_codes_without_item') }}

)

select
    hs6, description, reason
from seed
