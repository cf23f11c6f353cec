with

events as (

    select * from {{ ref('int_policy__events') }}

),

pairs as (

    {{ split_list('events', ['event_id', 'relation_to_parent'], 'parent_event_ids', 'parent_id') }}

),

children as (

    select
        pairs.parent_id,
        pairs.event_id as child_id,
        pairs.relation_to_parent as relation,
        coalesce(events.effective_date, events.announced_date) as child_from_date,
        -- printed last days are inclusive
        {{ xdb_add_days('events.end_date', 1) }} as child_until_date,
        events.known_from_date as child_known_from_date,
        coalesce(events.end_known_from_date, events.known_from_date) as child_end_known_from_date,
        -- a planned start that no legal text has fixed closes nothing yet
        events.effective_date is not null as is_effective,
        events.confidence = 'low' as is_ignored
    from pairs
    inner join events on pairs.event_id = events.event_id

)

select * from children
