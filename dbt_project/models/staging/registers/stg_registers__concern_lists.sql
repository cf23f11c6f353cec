with

seed as (

    select * from {{ seed_as_known(ref('concern_lists')) }}

)

select
    list_id, list_name, issuer_id, legal_basis, is_headline, valid_from, valid_to, source_title,
    source_url, known_from_date, known_from_basis, note
from seed
