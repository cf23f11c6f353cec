with

seed as (

    select * from {{ seed_as_known(ref('policy_register')) }}

)

select
    event_id, announced_date, effective_date,
    {{ end_date_as_known('end_date', 'end_known_from_date') }} as end_date,
    end_kind, date_precision, issuer_ids, target_ids, measure_type, direction, item_labels,
    hs6_codes, hs6_basis,
    {{ end_date_as_known('status', 'status_as_of') }} as status,
    status_as_of, instrument_ref, is_extraterritorial, parent_event_ids, relation_to_parent, title,
    source_title, source_url, verified_via, confidence, note, known_from_date, known_from_basis,
    end_known_from_date
from seed
