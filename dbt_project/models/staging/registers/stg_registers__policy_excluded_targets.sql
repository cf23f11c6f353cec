with

seed as (

    select * from {{ seed_as_known(ref('policy_excluded_targets')) }}

)

select
    event_id, country_id, exclusion_kind, basis, source_title, source_url, verified_via, confidence,
    note, known_from_date, known_from_basis
from seed
