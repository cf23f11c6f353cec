with

seed as (

    select * from {{ seed_as_known(ref('policy_conflicts')) }}

)

select
    event_id, field, register_value, derived_value, chosen, reason, known_from_date,
    known_from_basis
from seed
