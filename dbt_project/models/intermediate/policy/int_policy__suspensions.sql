with

relations as (

    select * from {{ ref('int_policy__relations') }}
    where relation = 'suspends' and not is_ignored

),

days as (

    select * from {{ ref('int_policy__knowledge_days') }}

),

ends as (

    select * from {{ ref('int_policy__ends') }}

),

events as (

    select
        event_id,
        status_as_of
    from {{ ref('int_policy__events') }}

)

select
    relations.parent_id as event_id,
    days.known_from_date,
    relations.child_id as suspension_id,
    relations.child_from_date as suspended_from_date,
    ends.until_date as suspended_until_date,
    -- told closed, or seen by the register after it had lapsed: then the clause is back; a lapse
    -- that nobody has looked at since is a gap in knowledge
    coalesce(
        ends.end_kind = 'closed'
        or (events.status_as_of <= days.known_from_date and ends.until_date <= events.status_as_of),
        false
    ) as is_lapse_told
from relations
inner join days
    on
        relations.parent_id = days.event_id
        and relations.child_known_from_date <= days.known_from_date
inner join events on relations.child_id = events.event_id
inner join ends
    on
        relations.child_id = ends.event_id
        and days.known_from_date = ends.known_from_date
