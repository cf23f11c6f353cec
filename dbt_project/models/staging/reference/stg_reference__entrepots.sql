with

seed as (

    select * from {{ seed_as_known(ref('entrepots')) }}

)

select
    country_id, valid_from, valid_to, source_title, source_url, known_from_date, known_from_basis,
    note
from seed
