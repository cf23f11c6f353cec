with

parameters as (

    select as_known_on from {{ ref('int_run__parameters') }}

),

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

relations as (

    select * from {{ ref('int_policy__relations') }}
    where
        not is_ignored
        and relation in ('suspends', 'extends', 'ends', 'supersedes', 'replaces')

),

prolongations as (

    select * from {{ ref('int_policy__prolongations') }}

),

-- a prolongation of a prolongation, and what closes it, change the end of the first act
prolonged_days as (

    select
        clause_id,
        known_from_date as known_on_date
    from prolongations

    union all

    select
        clause_id, end_known_from_date
    from prolongations where until_date is not null

    union all

    select
        prolongations.clause_id, relations.child_known_from_date
    from prolongations
    inner join relations on prolongations.prolongation_id = relations.parent_id

),

change_days as (

    select
        clause_id,
        known_from_date as known_on_date
    from clauses

    union all

    select
        clause_id, end_known_from_date
    from clauses where end_date is not null

    union all

    select
        parent_id, child_known_from_date
    from relations

    union all

    select
        parent_id, child_end_known_from_date
    from relations where child_until_date is not null

    union all

    select
        clause_id, known_on_date
    from prolonged_days

    union all

    select
        relations.parent_id, prolonged_days.known_on_date
    from relations
    inner join prolonged_days on relations.child_id = prolonged_days.clause_id
    where relations.relation = 'suspends'

    union all

    -- what extends or closes a suspension changes what is suspended
    select
        upper_level.parent_id, lower_level.child_known_from_date
    from relations as upper_level
    inner join relations as lower_level on upper_level.child_id = lower_level.parent_id
    where upper_level.relation = 'suspends'

    union all

    -- the register looked again on status_as_of: a suspension that had lapsed by then is known
    select
        relations.parent_id, clauses.status_as_of
    from relations
    inner join clauses on relations.parent_id = clauses.clause_id
    where relations.relation = 'suspends' and relations.child_until_date <= clauses.status_as_of

    union all

    -- the same look again for the suspension itself
    select
        relations.child_id, clauses.status_as_of
    from relations
    inner join clauses on relations.child_id = clauses.clause_id
    where relations.relation = 'suspends' and relations.child_until_date <= clauses.status_as_of

),

from_the_first_day as (

    select distinct
        change_days.clause_id,
        greatest(change_days.known_on_date, clauses.known_from_date) as known_from_date
    from change_days
    inner join clauses on change_days.clause_id = clauses.clause_id
    cross join parameters
    where greatest(change_days.known_on_date, clauses.known_from_date) <= parameters.as_known_on

)

select
    clause_id, known_from_date,
    lead(known_from_date) over (partition by clause_id order by known_from_date) as known_to_date
from from_the_first_day
