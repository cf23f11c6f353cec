-- The register's status is no input, but where it contradicts what follows from dates and
-- relations somebody must have said why (seed policy_conflicts). The status is of its own day.
with

timeline as (

    select
        timeline.clause_id,
        timeline.reported_status,
        case timeline.state
            when 'active' then 'in_force'
            when 'ended' then 'ended or superseded'
            when 'suspended' then 'suspended or partly_suspended'
            when 'announced' then 'announced or implemented_by_children'
            else timeline.state
        end as fitting_statuses,
        timeline.state
    from {{ ref('policy_timeline') }} as timeline
    inner join {{ ref('fct_policy_event') }} as events on timeline.clause_id = events.event_id
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

select timeline.*
from timeline
left join conflicts
    on
        timeline.clause_id = conflicts.event_id
        and timeline.state = conflicts.derived_value
        and timeline.reported_status = conflicts.register_value
where
    timeline.reported_status is not null
    and conflicts.event_id is null
    and timeline.fitting_statuses not like '%' || timeline.reported_status || '%'
