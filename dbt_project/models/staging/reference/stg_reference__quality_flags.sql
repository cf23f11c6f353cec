with

seed as (

    select * from {{ ref('quality_flags') }}

)

select
    code as quality_flag,
    meaning, grade_cap
from seed
