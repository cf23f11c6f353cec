with

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

relations as (

    select * from {{ ref('int_policy__relations') }}
    where not is_ignored

),

-- the days on which an end is computed: those of the clause, and those of its parents
knowledge_days as (

    select clause_id, known_from_date from {{ ref('int_policy__knowledge_days') }}

    union

    select relations.child_id as clause_id, days.known_from_date
    from relations
    inner join {{ ref('int_policy__knowledge_days') }} as days
        on relations.parent_id = days.clause_id
    where relations.relation = 'suspends' and relations.child_known_from_date <= days.known_from_date

),

own as (

    select
        knowledge_days.clause_id, knowledge_days.known_from_date,
        case
            when clauses.end_known_from_date <= knowledge_days.known_from_date
                then cast({{ dbt.dateadd('day', 1, 'clauses.end_date') }} as date)
        end as own_until_date,
        case
            when clauses.end_known_from_date <= knowledge_days.known_from_date then clauses.end_kind
        end as end_kind
    from knowledge_days
    inner join clauses on knowledge_days.clause_id = clauses.clause_id

),

closings as (

    select * from relations
    where relation in ('ends', 'supersedes', 'replaces') and is_effective

),

-- what closes a prolongation also closes what it prolongs
prolongations as (

    select
        own.clause_id, own.known_from_date, prolongations.prolongation_id,
        prolongations.is_announced_only,
        least(
            prolongations.until_date,
            coalesce(min(closings.child_from_date), prolongations.until_date)
        ) as until_date
    from own
    inner join {{ ref('int_policy__prolongations') }} as prolongations
        on
            own.clause_id = prolongations.clause_id
            and prolongations.known_from_date <= own.known_from_date
            and prolongations.end_known_from_date <= own.known_from_date
    left join closings
        on
            prolongations.prolongation_id = closings.parent_id
            and closings.child_known_from_date <= own.known_from_date
    group by
        own.clause_id, own.known_from_date, prolongations.prolongation_id,
        prolongations.is_announced_only, prolongations.until_date

),

prolonged as (

    select
        clause_id, known_from_date,
        max(until_date) as until_date,
        max(case when not is_announced_only then until_date end) as text_until_date
    from prolongations
    group by clause_id, known_from_date

),

closed as (

    select
        own.clause_id, own.known_from_date,
        min(closings.child_from_date) as closed_on_date,
        min(case when not closings.is_announced_only then closings.child_from_date end)
            as text_closed_on_date
    from own
    inner join closings
        on
            own.clause_id = closings.parent_id
            and closings.child_known_from_date <= own.known_from_date
    group by own.clause_id, own.known_from_date

),

resolved as (

    select
        own.clause_id, own.known_from_date, own.end_kind, closed.closed_on_date,
        closed.text_closed_on_date,
        coalesce(prolonged.until_date, own.own_until_date) as printed_until_date,
        coalesce(prolonged.text_until_date, own.own_until_date) as text_printed_until_date
    from own
    left join prolonged
        on
            own.clause_id = prolonged.clause_id
            and own.known_from_date = prolonged.known_from_date
    left join closed
        on
            own.clause_id = closed.clause_id
            and own.known_from_date = closed.known_from_date

)

select
    clause_id, known_from_date,
    {{ earlier_date('closed_on_date', 'printed_until_date') }} as until_date,
    -- by legal texts alone, without what was only announced
    {{ earlier_date('text_closed_on_date', 'text_printed_until_date') }} as text_until_date,
    case
        when
            closed_on_date is not null
            and (printed_until_date is null or closed_on_date < printed_until_date)
            then 'closed'
        else end_kind
    end as end_kind
from resolved
