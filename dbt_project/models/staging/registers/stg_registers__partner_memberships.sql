with

seed as (

    select * from {{ seed_as_known(ref('partner_memberships')) }}

)

select
    bloc_id, country_id, membership_type, party_kind, valid_from,
    {{ end_date_as_known('valid_to', 'valid_to_known_from_date') }} as valid_to,
    signing_order, announced_date, signed_date, evidence_state, source_title, source_url,
    confidence, note, known_from_date, known_from_basis, valid_to_known_from_date
from seed
