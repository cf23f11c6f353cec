with

seed as (

    select * from {{ known_seed(ref('concern_members')) }}

)

select
    list_id,
    country_id,
    valid_from,
    {{ known_end('valid_to', 'valid_to_known_from_date') }} as valid_to,
    valid_to_known_from_date,
    known_from_date,
    known_from_basis,
    source_title,
    source_url,
    note
from seed
