-- One row per event, issuer and HS6 code: the restrictive export measures whose codes are known,
-- with their first day in force. A code counts as a basket where it holds no material alone.
with

events as (

    select * from {{ ref('fct_policy_event') }}
    where direction = 'restrictive' and measure_type like 'export%'

),

issuers as (

    select
        event_id,
        country_id as issuer_id
    from {{ ref('bridge_policy_event_target') }}
    where role = 'issuer'

),

-- an act may tighten one thing and free another
clauses as (

    select
        clause_id, event_id
    from {{ ref('int_policy__clauses') }}
    where direction = 'restrictive'

),

-- clauses of one act may hit a code in part; the widest of them counts
products as (

    select
        clauses.event_id, hit.product_code,
        max(hit.coverage_low) as coverage_low
    from {{ ref('bridge_clause_product') }} as hit
    inner join clauses on hit.clause_id = clauses.clause_id
    group by clauses.event_id, hit.product_code

),

in_force as (

    select
        clauses.event_id,
        min(intervals.from_date) as effective_date
    from {{ ref('int_policy__clause_intervals') }} as intervals
    inner join clauses on intervals.clause_id = clauses.clause_id
    cross join {{ ref('int_run__parameters') }} as parameters
    where
        intervals.state = 'active'
        and intervals.known_to_date is null
        and intervals.from_date <= parameters.as_of_date
    group by clauses.event_id

),

exclusive as (

    select distinct
        hs6 as product_code,
        true as is_exclusive
    from {{ ref('stg_reference__hs_items') }}
    where exclusivity = 'exclusive'

)

select
    events.event_id, issuers.issuer_id, products.product_code,
    coalesce(events.announced_date, events.effective_date) as announced_date,
    in_force.effective_date,
    events.n_target_countries > 0 as is_targeted,
    products.coverage_low,
    coalesce(not exclusive.is_exclusive, true) as is_basket
from events
inner join issuers on events.event_id = issuers.event_id
inner join products on events.event_id = products.event_id
left join in_force on events.event_id = in_force.event_id
left join exclusive on products.product_code = exclusive.product_code
