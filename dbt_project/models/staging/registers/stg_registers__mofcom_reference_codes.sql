with

seed as (

    select * from {{ seed_as_known(ref('mofcom_reference_codes')) }}

)

select
    announcement, event_id, item, item_labels, reference_code_raw, code_length,
    reference_code_corrected, correction_reason, hs6, hs6_basis, source_url, note, known_from_date,
    known_from_basis
from seed
