with

seed as (

    select * from {{ seed_as_known(ref('blocs')) }}

)

select
    bloc_id, bloc_name, bloc_kind, known_from_date, known_from_basis, note
from seed
