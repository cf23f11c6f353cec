with

seed as (

    select * from {{ known_seed(ref('blocs')) }}

)

select
    bloc_id,
    bloc_name,
    bloc_kind,
    known_from_date,
    known_from_basis,
    note
from seed
