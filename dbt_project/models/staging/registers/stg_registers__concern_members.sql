with

seed as (

    select * from {{ seed_as_known(ref('concern_members')) }}

)

select
    list_id, country_id, valid_from,
    {{ end_date_as_known('valid_to', 'valid_to_known_from_date') }} as valid_to,
    valid_to_known_from_date, known_from_date, known_from_basis, source_title, source_url, note
from seed
