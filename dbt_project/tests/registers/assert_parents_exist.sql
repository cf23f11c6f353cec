-- A change names the act or clause that it changes; the parent must be known no later than the
-- child.
with

relations as (

    select * from {{ ref('int_policy__relations') }}

),

clauses as (

    select clause_id from {{ ref('int_policy__clauses') }}

)

select
    relations.parent_id,
    relations.child_id,
    relations.relation
from relations
left join clauses on relations.parent_id = clauses.clause_id
where clauses.clause_id is null
