with

seed as (

    select * from {{ seed_as_known(ref('eu_members')) }}

)

select
    country_id, valid_from,
    {{ end_date_as_known('valid_to', 'valid_to_known_from_date') }} as valid_to,
    known_from_date, known_from_basis, valid_to_known_from_date, note
from seed
