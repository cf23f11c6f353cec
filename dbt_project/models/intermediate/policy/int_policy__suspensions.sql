with

relations as (

    select * from {{ ref('int_policy__relations') }}
    where relation = 'suspends' and not is_ignored

),

days as (

    select * from {{ ref('int_policy__knowledge_days') }}

),

ends as (

    select * from {{ ref('int_policy__clause_end_dates') }}

),

clauses as (

    select
        clause_id, status_as_of
    from {{ ref('int_policy__clauses') }}

)

select
    relations.parent_id as clause_id,
    days.known_from_date,
    relations.child_id as suspension_id,
    relations.child_from_date as suspended_from_date,
    ends.until_date as suspended_until_date,
    ends.text_until_date as suspended_text_until_date,
    relations.is_announced_only,
    -- reported as closed, or checked by the register after it had lapsed: then the clause is active
    -- again; a lapse that was not checked since is a gap in knowledge
    coalesce(
        ends.end_kind = 'closed'
        or (clauses.status_as_of <= days.known_from_date and ends.until_date <= clauses.status_as_of),
        false
    ) as is_expiry_announced
from relations
inner join days
    on
        relations.parent_id = days.clause_id
        and relations.child_known_from_date <= days.known_from_date
inner join clauses on relations.child_id = clauses.clause_id
inner join ends
    on
        relations.child_id = ends.clause_id
        and days.known_from_date = ends.known_from_date
