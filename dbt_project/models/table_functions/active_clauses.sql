{{ config(parameters=['as_of', 'known_on']) }}
with

versions as (

    select
        timeline.*,
        lag(timeline.state) over (
            partition by timeline.clause_id order by timeline.start_date
        ) as state_before,
        lag(timeline.state_basis) over (
            partition by timeline.clause_id order by timeline.start_date
        ) as basis_before,
        lag(timeline.end_date) over (
            partition by timeline.clause_id order by timeline.start_date
        ) as end_before
    from {{ ref('policy_timeline').include(database=false) }} as timeline
    where {{ known_on('timeline', 'cast(known_on as date)') }}

),

events as (

    select * from {{ ref('fct_policy_event').include(database=false) }}
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
    versions.clause_id, versions.measure_id, versions.issuer_id, versions.targets_text,
    versions.instrument, versions.direction, versions.items_text, versions.title,
    versions.legal_ref, versions.clause_kind, versions.state, versions.state_basis,
    versions.state_by_text, versions.is_counted,
    case when versions.state <> 'unknown' then versions.state = 'active' end as is_in_force,
    versions.start_date as state_from_date,
    versions.end_date as state_until_date,
    versions.state_before,
    versions.end_before as state_before_until_date,
    versions.suspension_id, versions.next_state, versions.next_change_date,
    date_diff('day', cast(as_of as date), versions.next_change_date) as days_to_next_change,
    evidence.evidence_date as evidence_until_date,
    case
        when versions.state = 'active'
            then
                'in force since ' || versions.start_date
                || coalesce(' until ' || versions.end_date, '')
        when versions.state = 'announced'
            then 'announced' || coalesce(', to change on ' || versions.next_change_date, '')
        when versions.state = 'suspended'
            then
                'suspended since ' || versions.start_date
                || coalesce(' until ' || versions.end_date, '')
                || case
                    when versions.state_basis = 'announced'
                        then ' as its issuer announced, no text seen'
                    else ' by the last text'
                end
        when versions.state_before is not null
            then
                versions.state_before || ' until ' || versions.end_before
                || case
                    when versions.basis_before = 'announced' then ' as announced'
                    else ' by the last text'
                end
                || '; later state not evidenced'
        else 'state not evidenced'
    end
    || coalesce(' (' || versions.suspension_id || ')', '')
    || coalesce(
        '; ' || unconfirmed.n_unconfirmed || ' reported change of low confidence not applied', ''
    )
    || case
        when cast(as_of as date) > evidence.evidence_date
            then '; evidence ends on ' || evidence.evidence_date
        else ''
    end as statement,
    versions.source_title, versions.source_url, versions.lineage_id
from versions
cross join evidence
left join unconfirmed
    on coalesce(versions.suspension_id, versions.measure_id) = unconfirmed.event_id
where
    versions.state not in ('ended', 'withdrawn')
    and {{ valid_on('versions', 'cast(as_of as date)', 'start_date', 'next_change_date') }}
order by versions.clause_id
