with

events as (

    select * from {{ ref('stg_registers__policy_register') }}

),

scope as (

    select * from {{ ref('int_policy__event_scope') }}

)

select
    cast(events.event_id as varchar) as event_id,
    cast(events.announced_date as date) as announced_date,
    cast(events.effective_date as date) as effective_date,
    cast(events.end_date as date) as end_date,
    cast(events.end_kind as varchar) as end_kind,
    cast(events.duration_days as integer) as duration_days,
    cast(events.date_precision as varchar) as date_precision,
    cast(events.announced_date > events.effective_date as boolean) as is_effective_before_announced,
    cast(events.issuer_ids as varchar) as issuer_ids,
    cast(events.target_ids as varchar) as target_ids,
    cast(events.measure_type as varchar) as measure_type,
    cast(events.direction as varchar) as direction,
    cast(events.is_extraterritorial as boolean) as is_extraterritorial,
    cast(scope.n_target_countries as integer) as n_target_countries,
    cast(scope.n_products as integer) as n_products,
    cast(events.instrument_ref as varchar) as instrument_ref,
    cast(events.parent_event_ids as varchar) as parent_event_ids,
    cast(events.relation_to_parent as varchar) as relation_to_parent,
    cast(events.change_basis as varchar) as change_basis,
    cast(events.title as varchar) as title,
    cast(events.status as varchar) as reported_status,
    cast(events.status_as_of as date) as reported_status_date,
    cast(events.source_title as varchar) as source_title,
    cast(events.source_url as varchar) as source_url,
    cast(events.verified_via as varchar) as verified_via,
    cast(events.confidence as varchar) as confidence,
    cast(events.note as varchar) as note,
    cast(events.known_from_date as date) as known_from_date,
    cast(events.known_from_basis as varchar) as known_from_basis,
    cast('policy_register' as varchar) as source_id,
    cast({{ register_lineage('policy_register') }} as varchar) as lineage_id
from events
left join scope on events.event_id = scope.event_id
order by event_id nulls last
