with

seed as (

    select * from {{ known_seed(ref('eu_members')) }}

)

select
    country_id,
    valid_from,
    {{ known_end('valid_to', 'valid_to_known_from_date') }} as valid_to,
    known_from_date,
    known_from_basis,
    valid_to_known_from_date,
    note
from seed
