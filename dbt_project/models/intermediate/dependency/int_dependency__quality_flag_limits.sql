-- One row per quality flag: the best grade that a row with it can have.
select
    code, grade_cap
from {{ ref('quality_flags') }}
