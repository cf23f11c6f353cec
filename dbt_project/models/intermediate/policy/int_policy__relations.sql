-- One row per clause and clause that it changes. A parent is named as an act, which means all its
-- clauses, or as one clause (`ACT#2`).
with

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

pairs as (

    {{ split_list('clauses', ['clause_id', 'relation_to_parent'], 'parent_event_ids', 'parent_ref') }}

),

named as (

    select
        pairs.clause_id, pairs.relation_to_parent,
        clauses.clause_id as parent_id
    from pairs
    inner join clauses on pairs.parent_ref = clauses.event_id

    union

    select
        pairs.clause_id, pairs.relation_to_parent,
        pairs.parent_ref as parent_id
    from pairs
    left join clauses on pairs.parent_ref = clauses.event_id
    where clauses.event_id is null

)

select
    named.parent_id,
    named.clause_id as child_id,
    named.relation_to_parent as relation,
    coalesce(clauses.effective_date, clauses.announced_date) as child_from_date,
    -- printed last days are inclusive
    cast({{ dbt.dateadd('day', 1, 'clauses.end_date') }} as date) as child_until_date,
    clauses.known_from_date as child_known_from_date,
    coalesce(clauses.end_known_from_date, clauses.known_from_date) as child_end_known_from_date,
    -- a planned start that no legal text has fixed closes nothing yet
    clauses.effective_date is not null as is_effective,
    clauses.confidence = 'low' as is_ignored,
    -- its issuer has announced it, and no legal text was seen
    coalesce(clauses.change_basis = 'announced', false) as is_announced_only
from named
inner join clauses on named.clause_id = clauses.clause_id
