with

acts as (

    select * from {{ ref('int_policy__candidate_acts') }}

)

select
    cast(document_id as varchar) as document_id,
    cast(act_number as integer) as act_number,
    cast(matched_event_id as varchar) as matched_event_id,
    cast(matched_event_id is null as boolean) as is_pending_review,
    cast(parties_only_in_register as varchar) as parties_only_in_register,
    cast(parties_only_in_text as varchar) as parties_only_in_text,
    cast(instrument as varchar) as instrument,
    cast(act_kind as varchar) as act_kind,
    cast(measure_type as varchar) as measure_type,
    cast(modality as varchar) as modality,
    cast(change as varchar) as change,
    cast(act_date as date) as act_date,
    cast(date_precision as varchar) as date_precision,
    cast(effective_date as date) as effective_date,
    cast(effective_precision as varchar) as effective_precision,
    cast(end_date as date) as end_date,
    cast(party_ids as varchar) as party_ids,
    cast(party_role as varchar) as party_role,
    cast(target_ids as varchar) as target_ids,
    cast(item_labels as varchar) as item_labels,
    cast(score as double) as score,
    cast(dateline_date as date) as dateline_date,
    cast(dateline_basis as varchar) as dateline_basis,
    cast(dateline_zone as varchar) as dateline_zone,
    cast(text_sha256 as varchar) as text_sha256,
    cast(evidence_offset as integer) as evidence_offset,
    cast(evidence_length as integer) as evidence_length,
    cast(evidence_sha256 as varchar) as evidence_sha256,
    cast(payload_sha256 as varchar) as payload_sha256,
    cast(known_from_date as date) as known_from_date,
    cast('policy_news' as varchar) as source_id,
    cast({{ lineage_part("'policy_news'", 'edition') }} as varchar) as lineage_id
from acts
order by document_id nulls last, act_number nulls last
