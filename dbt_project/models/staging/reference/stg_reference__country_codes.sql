with

seed as (

    select * from {{ ref('country_codes') }}

)

select
    code_system, code, country_id, code_kind, confidence, note
from seed
