with

seed as (

    select * from {{ seed_as_known(ref('warning_rules')) }}

)

select
    rule_id, rule_text, threshold, threshold_unit, min_value_usd, known_from_date,
    known_from_basis, note
from seed
