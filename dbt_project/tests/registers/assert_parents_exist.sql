-- A change names the event that it changes; the parent must be known no later than the child.
with

relations as (

    select * from {{ ref('int_policy__relations') }}

),

events as (

    select
        event_id,
        known_from_date
    from {{ ref('int_policy__events') }}

)

select
    relations.parent_id,
    relations.child_id,
    relations.relation
from relations
left join events on relations.parent_id = events.event_id
where events.event_id is null
