-- `sign` turns "at least" into "at most": both sides of a comparison are multiplied by it.
select
    measure, limit_a, limit_b, limit_c,
    case direction when 'at_least' then -1 when 'at_most' then 1 end as sign
from {{ ref('grade_limits') }}
