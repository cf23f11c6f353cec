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

products as (

    select * from {{ ref('bridge_policy_event_product') }}

),

intervals as (

    -- a clause of an act is named `<act>#<n>`; the act itself where it has none of its own
    select
        columns('^(event|clause)_id$') as clause_id,
        state,
        from_date,
        known_to_date
    from {{ ref('int_policy__clause_intervals') }}

),

in_force as (

    select
        split_part(intervals.clause_id, '#', 1) as event_id,
        min(intervals.from_date) as effective_date
    from intervals
    cross join {{ ref('int_run__parameters') }} as parameters
    where
        intervals.state = 'active'
        and intervals.known_to_date is null
        and intervals.from_date <= parameters.as_of_date
    group by split_part(intervals.clause_id, '#', 1)

),

exclusive as (

    select distinct
        hs6 as product_code,
        true as is_exclusive
    from {{ ref('stg_reference__hs_items') }}
    where exclusivity = 'exclusive'

)

select
    events.event_id,
    issuers.issuer_id,
    products.product_code,
    coalesce(events.announced_date, events.effective_date) as announced_date,
    in_force.effective_date,
    events.n_target_countries > 0 as is_targeted,
    -- shares of the code that the measure hits are not known yet
    cast(null as double) as coverage_low,
    coalesce(not exclusive.is_exclusive, true) as is_basket
from events
inner join issuers on events.event_id = issuers.event_id
inner join products on events.event_id = products.event_id
left join in_force on events.event_id = in_force.event_id
left join exclusive on products.product_code = exclusive.product_code
