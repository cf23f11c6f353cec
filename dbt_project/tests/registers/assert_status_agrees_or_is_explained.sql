-- The register's status is no input, but where it contradicts what follows from dates and
-- relations the seed policy_conflicts must have the reason. The status is of its own day. An act
-- of several clauses agrees when one of them does. A warning: a new row that suspends or ends
-- another one makes the older status stale, and stops no run. The register of the checkout has no
-- such row (tests/dbt/test_register_status.py).
{{ config(severity='warn') }}

with

timeline as (

    select
        timeline.measure_id, timeline.reported_status,
        case timeline.state
            when 'active' then 'in_force'
            when 'ended' then 'ended or superseded'
            when 'suspended' then 'suspended or partly_suspended'
            when 'announced' then 'announced or implemented_by_children'
            else timeline.state
        end as fitting_statuses,
        timeline.state
    from {{ ref('policy_timeline') }} as timeline
    inner join {{ ref('fct_policy_event') }} as events on timeline.measure_id = events.event_id
    where
        timeline.known_to_date is null
        and {{ valid_on(
            'timeline', 'events.reported_status_date', 'start_date', 'next_change_date'
        ) }}

),

conflicts as (

    select * from {{ ref('int_policy__conflicts') }}
    where field = 'status'

)

select
    timeline.measure_id,
    string_agg(timeline.state, '|' order by timeline.state) as states,
    min(timeline.reported_status) as reported_status
from timeline
left join conflicts
    on
        timeline.measure_id = conflicts.event_id
        and timeline.state = conflicts.derived_value
        and timeline.reported_status = conflicts.register_value
where timeline.reported_status is not null
group by timeline.measure_id
having
    not bool_or(
        conflicts.event_id is not null
        or timeline.fitting_statuses like '%' || timeline.reported_status || '%'
    )
