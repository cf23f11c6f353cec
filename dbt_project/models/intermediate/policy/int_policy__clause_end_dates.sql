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

changed as (

    select
        own.clause_id, own.known_from_date,
        max(
            case
                when
                    relations.relation = 'extends'
                    and relations.child_end_known_from_date <= own.known_from_date
                    then relations.child_until_date
            end
        ) as extended_until_date,
        min(
            case
                when
                    relations.relation in ('ends', 'supersedes', 'replaces')
                    and relations.is_effective
                    then relations.child_from_date
            end
        ) as closed_on_date
    from own
    inner join relations
        on
            own.clause_id = relations.parent_id
            and relations.child_known_from_date <= own.known_from_date
    group by own.clause_id, own.known_from_date

),

resolved as (

    select
        own.clause_id, own.known_from_date, own.end_kind, changed.closed_on_date,
        coalesce(changed.extended_until_date, own.own_until_date) as printed_until_date
    from own
    left join changed
        on
            own.clause_id = changed.clause_id
            and own.known_from_date = changed.known_from_date

)

select
    clause_id, known_from_date,
    case
        when closed_on_date is null then printed_until_date
        when printed_until_date is null then closed_on_date
        when closed_on_date < printed_until_date then closed_on_date
        else printed_until_date
    end as until_date,
    case
        when
            closed_on_date is not null
            and (printed_until_date is null or closed_on_date < printed_until_date)
            then 'closed'
        else end_kind
    end as end_kind
from resolved
