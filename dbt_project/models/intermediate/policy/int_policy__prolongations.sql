-- One row per clause and prolongation of it, direct or of a prolongation, four steps at most (a test
-- refuses longer chains). The last day of each becomes known with the whole chain to it.
-- noqa: disable=LT02
with

relations as (

    select * from {{ ref('int_policy__relations') }}
    where relation = 'extends' and not is_ignored

),

first_steps as (

    select
        parent_id as clause_id,
        child_id as prolongation_id,
        child_until_date as until_date,
        child_known_from_date as known_from_date,
        child_end_known_from_date as end_known_from_date,
        is_announced_only
    from relations

),
{% for step in ['second', 'third', 'fourth'] %}
{{ step }}_steps as (

    select
        earlier.clause_id,
        relations.child_id as prolongation_id,
        relations.child_until_date as until_date,
        greatest(earlier.known_from_date, relations.child_known_from_date) as known_from_date,
        greatest(earlier.known_from_date, relations.child_end_known_from_date)
            as end_known_from_date,
        earlier.is_announced_only or relations.is_announced_only as is_announced_only
    from {{ ['first', 'second', 'third'][loop.index0] }}_steps as earlier
    inner join relations on earlier.prolongation_id = relations.parent_id

),
{% endfor %}
steps as (

    select * from first_steps
    union all
    select * from second_steps
    union all
    select * from third_steps
    union all
    select * from fourth_steps

)

select
    clause_id, prolongation_id,
    max(until_date) as until_date,
    min(known_from_date) as known_from_date,
    min(end_known_from_date) as end_known_from_date,
    min(case when is_announced_only then 1 else 0 end) = 1 as is_announced_only
from steps
where clause_id <> prolongation_id
group by clause_id, prolongation_id
