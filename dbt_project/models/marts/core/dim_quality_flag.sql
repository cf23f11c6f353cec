with

flags as (

    select * from {{ ref('stg_reference__quality_flags') }}

)

select
    cast(quality_flag as varchar) as quality_flag,
    cast(meaning as varchar) as meaning,
    cast(grade_cap as varchar) as grade_cap
from flags
order by quality_flag nulls last
