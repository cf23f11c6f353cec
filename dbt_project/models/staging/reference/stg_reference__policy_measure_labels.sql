with

seed as (

    select * from {{ ref('policy_measure_labels') }}

),

types as (

    select * from {{ ref('policy_measure_types') }}

)

select
    seed.label_system, seed.label, seed.measure_type, types.type_group
from seed
inner join types on seed.measure_type = types.measure_type
