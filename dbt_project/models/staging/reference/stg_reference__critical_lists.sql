with

seed as (

    select * from {{ seed_as_known(ref('critical_lists')) }}

)

select
    list_id, issuer_id, list_name, flag_column, valid_from, known_from_date, known_from_basis,
    source_url, note
from seed
