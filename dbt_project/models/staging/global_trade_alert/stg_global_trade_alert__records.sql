with

interventions as (

    select * from {{ source_as_known('global_trade_alert', 'interventions') }}

),

-- an intervention in several exports is read from the newest one
newest as (

    select
        *,
        row_number() over (
            partition by intervention_id
            order by edition desc, payload_sha256, row_locator
        ) as place
    from interventions

)

select
    'global_trade_alert' as source_id,
    edition,
    cast(intervention_id as varchar) as record_id,
    cast(state_act_id as varchar) as act_id,
    cast(null as varchar) as correction_of_id,
    'gta' as label_system,
    intervention_type as measure_labels,
    false as is_proposal,
    cast(date_announced as date) as announced_date,
    case when date_announced is not null then 'day' end as announced_precision,
    cast(date_implemented as date) as effective_date,
    date_implemented_precision as effective_precision,
    cast(date_removed as date) as end_date,
    implementing_ids as issuer_ids,
    affected_ids as target_ids,
    item_labels,
    cast(null as varchar) as instrument_refs,
    state_act_title as title,
    intervention_url as source_url,
    known_from_date, payload_sha256, row_locator
from newest
where place = 1
