with

seed as (

    select * from {{ ref('unit_conversions') }}

)

select
    from_unit, to_unit, factor, applies_to, note
from seed
