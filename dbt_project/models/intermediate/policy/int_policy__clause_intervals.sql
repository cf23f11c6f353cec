with

validity as (

    select * from {{ ref('int_policy__clause_validity') }}

),

suspensions as (

    select * from {{ ref('int_policy__suspensions') }}

),

boundaries as (

    select
        clause_id, known_from_date,
        first_date as from_date
    from validity
    union
    select
        clause_id, known_from_date, effective_date
    from validity
    union
    select
        clause_id, known_from_date, until_date
    from validity
    union
    select
        clause_id, known_from_date, text_until_date
    from validity
    union
    select
        clause_id, known_from_date, suspended_from_date
    from suspensions
    union
    select
        clause_id, known_from_date, suspended_until_date
    from suspensions
    union
    select
        clause_id, known_from_date, suspended_text_until_date
    from suspensions

),

segments as (

    select
        validity.*,
        boundaries.from_date
    from boundaries
    inner join validity
        on
            boundaries.clause_id = validity.clause_id
            and boundaries.known_from_date = validity.known_from_date
            and boundaries.from_date >= validity.first_date

),

suspended as (

    select
        segments.clause_id, segments.known_from_date, segments.from_date,
        max(
            case
                when
                    suspensions.suspended_until_date is null
                    or segments.from_date < suspensions.suspended_until_date
                    then suspensions.suspension_id
            end
        ) as suspension_id,
        max(
            case
                when
                    not suspensions.is_announced_only
                    and (
                        suspensions.suspended_text_until_date is null
                        or segments.from_date < suspensions.suspended_text_until_date
                    )
                    then 1
                else 0
            end
        ) = 1 as is_suspended_by_text,
        max(
            case
                when
                    segments.from_date >= suspensions.suspended_until_date
                    and not suspensions.is_expiry_announced
                    then suspensions.suspension_id
            end
        ) as lapsed_suspension_id
    from segments
    inner join suspensions
        on
            segments.clause_id = suspensions.clause_id
            and segments.known_from_date = suspensions.known_from_date
            and suspensions.suspended_from_date <= segments.from_date
    group by segments.clause_id, segments.known_from_date, segments.from_date

),

states as (

    select
        segments.clause_id, segments.known_from_date, segments.known_to_date, segments.from_date,
        case
            when segments.is_unconfirmed and segments.effective_date <= segments.from_date
                then 'unknown'
            when segments.until_date <= segments.from_date then segments.state_after
            when suspended.suspension_id is not null then 'suspended'
            when suspended.lapsed_suspension_id is not null then 'unknown'
            when segments.effective_date is null then 'announced'
            when segments.from_date < segments.effective_date then 'announced'
            else 'active'
        end as state,
        segments.is_announced_only, segments.until_date, segments.text_until_date,
        suspended.is_suspended_by_text,
        case
            when segments.until_date <= segments.from_date then null
            else coalesce(suspended.suspension_id, suspended.lapsed_suspension_id)
        end as suspension_id
    from segments
    left join suspended
        on
            segments.clause_id = suspended.clause_id
            and segments.known_from_date = suspended.known_from_date
            and segments.from_date = suspended.from_date

),

-- what the state rests on: a text, the word of its issuer, or nothing that was seen
based as (

    select
        states.* exclude (until_date, text_until_date, is_announced_only, is_suspended_by_text),
        case
            when state = 'unknown' then 'not_evidenced'
            when is_announced_only then 'announced'
            when state = 'suspended' and not is_suspended_by_text then 'announced'
            when
                state not in ('suspended', 'withdrawn')
                and coalesce(until_date <= from_date, false)
                <> coalesce(text_until_date <= from_date, false)
                then 'announced'
            else 'text'
        end as state_basis
    from states

),

-- a boundary at which neither the state nor what it rests on changes is dropped
changes as (

    select
        *,
        lag(state) over (partition by clause_id, known_from_date order by from_date)
            as state_before,
        lag(state_basis) over (partition by clause_id, known_from_date order by from_date)
            as basis_before
    from based

)

select
    clause_id, known_from_date, known_to_date, state, state_basis, suspension_id, from_date,
    lead(from_date)
        over (partition by clause_id, known_from_date order by from_date)
        as until_date,
    lead(state) over (partition by clause_id, known_from_date order by from_date) as next_state
from changes
where state_before is null or state <> state_before or state_basis <> basis_before
