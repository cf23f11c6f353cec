-- Every clause that is announced, active, suspended or of unknown state on a day, as known on a day.
-- `is_in_force` is NULL where nobody has told; `statement` says it in words.
create macro marts.active_clauses(as_of, known_on) as table
with

told as (

    select
        timeline.*,
        lag(state) over life as state_before,
        lag(end_date) over life as end_before
    from marts.policy_timeline as timeline
    where
        timeline.known_from_date <= cast(known_on as date)
        and (timeline.known_to_date is null or cast(known_on as date) < timeline.known_to_date)
    window life as (partition by timeline.clause_id order by timeline.start_date)

),

events as (

    select * from marts.fct_policy_event
    where known_from_date <= cast(known_on as date)

),

evidence as (

    select
        greatest(
            max(known_from_date),
            max(reported_status_date) filter (where reported_status_date <= cast(known_on as date))
        ) as evidence_date
    from events

),

unconfirmed as (

    select
        parents.event_id,
        count(*) as n_unconfirmed
    from events as parents
    inner join events as children
        on
            children.confidence = 'low'
            and list_contains(string_split(children.parent_event_ids, '|'), parents.event_id)
    group by parents.event_id

)

select
    told.clause_id,
    told.measure_id,
    told.issuer_id,
    told.targets_text,
    told.instrument,
    told.direction,
    told.items_text,
    told.title,
    told.legal_ref,
    told.clause_kind,
    told.state,
    case when told.state <> 'unknown' then told.state = 'active' end as is_in_force,
    told.start_date as state_from_date,
    told.end_date as state_until_date,
    told.state_before,
    told.end_before as state_before_until_date,
    told.suspension_id,
    told.next_state,
    told.next_change_date,
    date_diff('day', cast(as_of as date), told.next_change_date) as days_to_next_change,
    evidence.evidence_date as evidence_until_date,
    case
        when told.state = 'active'
            then 'in force since ' || told.start_date
                || coalesce(' until ' || told.end_date, '')
        when told.state = 'announced'
            then 'announced' || coalesce(', to change on ' || told.next_change_date, '')
        when told.state = 'suspended'
            then 'suspended since ' || told.start_date
                || coalesce(' until ' || told.end_date, '') || ' by the last text'
        when told.state_before is not null
            then told.state_before || ' until ' || told.end_before
                || ' by the last text; later state not evidenced'
        else 'state not evidenced'
    end
    || coalesce(' (' || told.suspension_id || ')', '')
    || coalesce(
        '; ' || unconfirmed.n_unconfirmed || ' reported change of low confidence not applied', ''
    )
    || case
        when cast(as_of as date) > evidence.evidence_date
            then '; evidence ends on ' || evidence.evidence_date
        else ''
    end as statement,
    told.source_title,
    told.source_url,
    told.lineage_id
from told
cross join evidence
left join unconfirmed on coalesce(told.suspension_id, told.measure_id) = unconfirmed.event_id
where
    told.state not in ('ended', 'withdrawn')
    and told.start_date <= cast(as_of as date)
    and (told.next_change_date is null or cast(as_of as date) < told.next_change_date)
order by told.clause_id
