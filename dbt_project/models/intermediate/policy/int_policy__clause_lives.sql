with

events as (

    select * from {{ ref('int_policy__events') }}

),

days as (

    select * from {{ ref('int_policy__knowledge_days') }}

),

ends as (

    select * from {{ ref('int_policy__ends') }}

)

select
    days.event_id,
    days.known_from_date,
    days.known_to_date,
    events.effective_date,
    least(
        coalesce(events.announced_date, events.effective_date),
        coalesce(events.effective_date, events.announced_date)
    ) as first_date,
    ends.until_date,
    -- a change that is only reported changes nothing yet: what it would bring is unknown
    events.confidence = 'low' and events.relation_to_parent is not null as is_unconfirmed,
    case
        when ends.end_kind = 'withdrawn' or events.effective_date is null then 'withdrawn'
        -- a time-bound suspension may have been prolonged after our last evidence
        when
            events.relation_to_parent = 'suspends'
            and ends.end_kind = 'expires'
            and not (
                events.status_as_of <= days.known_from_date
                and ends.until_date <= events.status_as_of
            )
            then 'unknown'
        else 'ended'
    end as state_after
from days
inner join events on days.event_id = events.event_id
inner join ends
    on
        days.event_id = ends.event_id
        and days.known_from_date = ends.known_from_date
