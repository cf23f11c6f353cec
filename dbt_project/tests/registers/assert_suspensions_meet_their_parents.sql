-- A suspension begins within the life of what it suspends (from its announcement on).
select
    suspensions.clause_id,
    suspensions.suspension_id,
    suspensions.suspended_from_date
from {{ ref('int_policy__suspensions') }} as suspensions
inner join {{ ref('int_policy__clause_validity') }} as lives
    on
        suspensions.clause_id = lives.clause_id
        and suspensions.known_from_date = lives.known_from_date
where
    suspensions.suspended_from_date < lives.first_date
    or suspensions.suspended_from_date >= lives.until_date
