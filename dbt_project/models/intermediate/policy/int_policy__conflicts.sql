-- One row per event, field and value in dispute, the wrong print of a customs code among them.
with

conflicts as (

    select * from {{ ref('stg_registers__policy_conflicts') }}

),

codes as (

    select * from {{ ref('stg_registers__mofcom_reference_codes') }}
    where reference_code_corrected is not null

)

select
    event_id, field, register_value, derived_value, chosen, reason, known_from_date,
    known_from_basis
from conflicts

union all

select
    event_id,
    'reference_code' as field,
    reference_code_raw as register_value,
    reference_code_corrected as derived_value,
    reference_code_corrected as chosen,
    correction_reason as reason,
    known_from_date, known_from_basis
from codes
