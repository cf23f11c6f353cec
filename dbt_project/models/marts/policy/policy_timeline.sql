with

intervals as (

    select * from {{ ref('int_policy__clause_intervals') }}

),

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

targets as (

    select
        clause_id,
        count(*) as n_target_countries
    from {{ ref('bridge_clause_target') }}
    where role = 'target' and country_id <> 'ALL'
    group by clause_id

),

products as (

    select
        clause_id,
        count(*) as n_products
    from {{ ref('int_policy__clause_products') }}
    group by clause_id

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

evidence as (

    select max(known_from_date) as evidence_date
    from (
        select known_from_date from clauses
        union all
        select clauses.status_as_of
        from clauses
        cross join parameters
        where clauses.status_as_of <= parameters.as_known_on
    ) as days

),

ignored as (

    select parent_id as clause_id, count(*) as n_ignored_changes
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
    cast(placed.clause_id as varchar) as clause_id,
    cast(1 as integer) as version,
    cast(placed.state as varchar) as state,
    cast(placed.state_basis as varchar) as state_basis,
    cast(
        case
            when placed.state_basis = 'announced' and placed.state <> 'announced' then 'unknown'
            else placed.state
        end as varchar
    ) as state_by_text,
    cast(placed.from_date as date) as start_date,
    cast({{ dbt.dateadd('day', -1, 'placed.until_date') }} as date) as end_date,
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
    cast(clauses.event_id as varchar) as measure_id,
    cast(clauses.clause_kind as varchar) as clause_kind,
    cast(clauses.is_in_exposure_scope as boolean) as is_in_exposure_scope,
    cast(clauses.is_counted as boolean) as is_counted,
    cast(clauses.issuer_ids as varchar) as issuer_id,
    cast(clauses.measure_type as varchar) as instrument,
    cast(clauses.direction as varchar) as direction,
    cast(clauses.target_ids as varchar) as targets_text,
    cast(coalesce(targets.n_target_countries, 0) as integer) as n_target_countries,
    cast(coalesce(products.n_products, 0) as integer) as n_products,
    cast(clauses.item_labels as varchar) as items_text,
    cast(clauses.is_extraterritorial as boolean) as is_extraterritorial,
    cast(clauses.clause_title as varchar) as title,
    cast(clauses.measure_title as varchar) as measure_title,
    cast(clauses.instrument_ref as varchar) as legal_ref,
    cast(clauses.date_precision as varchar) as date_precision,
    cast(coalesce(ignored.n_ignored_changes, 0) as integer) as n_ignored_changes,
    cast(clauses.status as varchar) as reported_status,
    cast(case when placed.is_current then conflicts.reason end as varchar) as conflict_reason,
    cast(clauses.verified_via as varchar) as verified_via,
    cast(clauses.confidence as varchar) as confidence,
    cast(clauses.source_title as varchar) as source_title,
    cast(clauses.source_url as varchar) as source_url,
    cast('policy_register' as varchar) as source_id,
    cast({{ register_lineage('policy_register') }} as varchar) as lineage_id
from placed
cross join evidence
inner join clauses on placed.clause_id = clauses.clause_id
left join targets on placed.clause_id = targets.clause_id
left join products on placed.clause_id = products.clause_id
left join ignored on placed.clause_id = ignored.clause_id
left join conflicts on clauses.event_id = conflicts.event_id
order by
    clause_id nulls last,
    version nulls last,
    known_from_date nulls last,
    start_date nulls last
