with

records as (

    select * from {{ source_as_known('policy_tracker', 'records') }}

),

-- of each tracker the newest edition: a record that is gone from it is withdrawn
newest as (

    select
        *,
        max(known_from_date) over (partition by tracker_id) as newest_date
    from records

)

select
    'policy_tracker' as source_id,
    edition,
    tracker_id || ':' || record_id as record_id,
    cast(null as varchar) as act_id,
    cast(null as varchar) as correction_of_id,
    tracker_id as label_system,
    measure_labels,
    false as is_proposal,
    cast(announced_date as date) as announced_date,
    announced_precision,
    cast(effective_date as date) as effective_date,
    effective_precision,
    cast(end_date as date) as end_date,
    issuer_ids, target_ids, item_labels,
    instrument_text as instrument_refs,
    title, source_url, known_from_date, payload_sha256, row_locator
from newest
where known_from_date = newest_date
