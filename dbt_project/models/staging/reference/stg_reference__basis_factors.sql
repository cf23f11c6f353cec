with

seed as (

    select * from {{ ref('basis_factors') }}

)

select
    flow_basis, cast(to_fob_low as double) as to_fob_low,
    cast(to_fob_point as double) as to_fob_point,
    cast(to_fob_high as double) as to_fob_high,
    source_title, note
from seed
