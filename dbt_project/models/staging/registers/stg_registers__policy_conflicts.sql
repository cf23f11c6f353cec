with

seed as (

    select * from {{ known_seed(ref('policy_conflicts')) }}

)

select
    event_id,
    field,
    register_value,
    derived_value,
    chosen,
    reason,
    known_from_date,
    known_from_basis
from seed
