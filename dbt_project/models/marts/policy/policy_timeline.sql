with

intervals as (

    select * from {{ ref('int_policy__clause_intervals') }}

),

events as (

    select * from {{ ref('int_policy__events') }}

),

scope as (

    select * from {{ ref('int_policy__event_scope') }}

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

evidence as (

    select max(known_from_date) as evidence_date
    from (
        select known_from_date from events
        union all
        select events.status_as_of
        from events
        cross join parameters
        where events.status_as_of <= parameters.as_known_on
    ) as days

),

ignored as (

    select parent_id as event_id, count(*) as n_ignored_changes
    from {{ ref('int_policy__relations') }}
    where is_ignored
    group by parent_id

),

conflicts as (

    select * from {{ ref('int_policy__conflicts') }}
    where field = 'status'

),

placed as (

    select
        intervals.*,
        parameters.as_of_date,
        intervals.known_to_date is null
        and intervals.from_date <= parameters.as_of_date
        and (intervals.until_date is null or parameters.as_of_date < intervals.until_date)
            as is_current
    from intervals
    cross join parameters

)

select
    cast(placed.event_id as varchar) as clause_id,
    cast(1 as integer) as version,
    cast(placed.state as varchar) as state,
    cast(placed.from_date as date) as start_date,
    cast({{ xdb_add_days('placed.until_date', -1) }} as date) as end_date,
    cast(placed.known_from_date as date) as known_from_date,
    cast(placed.known_to_date as date) as known_to_date,
    cast(placed.is_current as boolean) as is_current,
    cast(placed.from_date > evidence.evidence_date as boolean) as is_after_evidence,
    cast(placed.next_state as varchar) as next_state,
    cast(placed.until_date as date) as next_change_date,
    cast(
        case
            when placed.is_current
                then {{ days_to_next_change('placed.as_of_date', 'placed.until_date') }}
        end as integer
    ) as days_to_next_change,
    cast(placed.suspension_id as varchar) as suspension_id,
    cast(events.event_id as varchar) as measure_id,
    cast(events.issuer_ids as varchar) as issuer_id,
    cast(events.measure_type as varchar) as instrument,
    cast(events.direction as varchar) as direction,
    cast(events.target_ids as varchar) as targets_text,
    cast(scope.n_target_countries as integer) as n_target_countries,
    cast(scope.n_products as integer) as n_products,
    cast(events.item_labels as varchar) as items_text,
    cast(events.is_extraterritorial as boolean) as is_extraterritorial,
    cast(events.title as varchar) as title,
    cast(events.instrument_ref as varchar) as legal_ref,
    cast(events.date_precision as varchar) as date_precision,
    cast(coalesce(ignored.n_ignored_changes, 0) as integer) as n_ignored_changes,
    cast(events.status as varchar) as reported_status,
    cast(case when placed.is_current then conflicts.reason end as varchar) as conflict_reason,
    cast(events.verified_via as varchar) as verified_via,
    cast(events.confidence as varchar) as confidence,
    cast(events.source_title as varchar) as source_title,
    cast(events.source_url as varchar) as source_url,
    cast('policy_register' as varchar) as source_id,
    cast({{ register_lineage('policy_register') }} as varchar) as lineage_id
from placed
cross join evidence
inner join events on placed.event_id = events.event_id
left join scope on placed.event_id = scope.event_id
left join ignored on placed.event_id = ignored.event_id
left join conflicts on placed.event_id = conflicts.event_id
order by
    clause_id nulls last,
    version nulls last,
    known_from_date nulls last,
    start_date nulls last
