-- A suspension begins within the validity of what it suspends (from its announcement on).
select
    suspensions.clause_id, suspensions.suspension_id, suspensions.suspended_from_date
from {{ ref('int_policy__suspensions') }} as suspensions
inner join {{ ref('int_policy__clause_validity') }} as validity
    on
        suspensions.clause_id = validity.clause_id
        and suspensions.known_from_date = validity.known_from_date
where
    suspensions.suspended_from_date < validity.first_date
    or suspensions.suspended_from_date >= validity.until_date
