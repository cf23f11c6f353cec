with

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

days as (

    select * from {{ ref('int_policy__knowledge_days') }}

),

ends as (

    select * from {{ ref('int_policy__clause_end_dates') }}

)

select
    days.clause_id, days.known_from_date, days.known_to_date, clauses.effective_date,
    least(
        coalesce(clauses.announced_date, clauses.effective_date),
        coalesce(clauses.effective_date, clauses.announced_date)
    ) as first_date,
    ends.until_date, ends.text_until_date,
    coalesce(clauses.change_basis = 'announced', false) as is_announced_only,
    -- a change that is only reported changes nothing yet: what it would bring is unknown
    clauses.confidence = 'low' and clauses.relation_to_parent is not null as is_unconfirmed,
    case
        when ends.end_kind = 'withdrawn' or clauses.effective_date is null then 'withdrawn'
        -- a time-bound suspension may have been prolonged after our last evidence
        when
            clauses.relation_to_parent = 'suspends'
            and ends.end_kind = 'expires'
            and not (
                clauses.status_as_of <= days.known_from_date
                and ends.until_date <= clauses.status_as_of
            )
            then 'unknown'
        else 'ended'
    end as state_after
from days
inner join clauses on days.clause_id = clauses.clause_id
inner join ends
    on
        days.clause_id = ends.clause_id
        and days.known_from_date = ends.known_from_date
