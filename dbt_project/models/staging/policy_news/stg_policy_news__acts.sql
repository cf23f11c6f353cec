with

acts as (

    select * from {{ source_as_known('policy_news', 'acts') }}

),

-- a text that was landed twice, on two days or in two files, is read once
ranked as (

    select
        *,
        rank() over (
            partition by text_sha256 order by known_from_date, edition
        ) as place
    from acts

)

select
    'policy_news' as source_id,
    edition, document_id,
    cast(act_number as integer) as act_number,
    text_sha256, dateline_date, dateline_basis, dateline_zone, instrument, act_kind, modality,
    change,
    cast(act_date as date) as act_date,
    date_precision,
    cast(effective_date as date) as effective_date,
    effective_precision,
    cast(end_date as date) as end_date,
    party_ids, party_role, target_ids, item_labels,
    cast(evidence_offset as integer) as evidence_offset,
    cast(evidence_length as integer) as evidence_length,
    evidence_sha256,
    cast(score as double) as score,
    known_from_date, payload_sha256, row_locator
from ranked
where place = 1
