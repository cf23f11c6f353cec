with

seed as (

    select * from {{ ref('policy_measure_types') }}

)

select
    measure_type, type_group, gta_type_ids, mast_chapter, oecd_term
from seed
