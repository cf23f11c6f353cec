with

seed as (

    select * from {{ seed_as_known(ref('policy_register')) }}

),

-- a length set by statute gives the last day, the first included; its end is known with the act
ended as (

    select
        * exclude (end_date, end_kind, end_known_from_date),
        coalesce(
            end_date,
            cast({{ dbt.dateadd('day', 'duration_days - 1', 'effective_date') }} as date)
        ) as end_date,
        coalesce(end_kind, case when duration_days is not null then 'expires' end) as end_kind,
        coalesce(
            end_known_from_date, case when duration_days is not null then known_from_date end
        ) as end_known_from_date
    from seed

)

select
    event_id, announced_date, effective_date,
    {{ end_date_as_known('end_date', 'end_known_from_date') }} as end_date,
    end_kind, duration_days, date_precision, issuer_ids, target_ids, measure_type, direction, item_labels,
    hs6_codes, hs6_basis,
    {{ end_date_as_known('status', 'status_as_of') }} as status,
    status_as_of, instrument_ref, is_extraterritorial, parent_event_ids, relation_to_parent,
    coalesce(change_basis, 'text') as change_basis, title,
    source_title, source_url, verified_via, confidence, note, known_from_date, known_from_basis,
    end_known_from_date
from ended
