-- One row per group of materials, version of its list and member: what a label of the registers
-- means when a given issuer uses it on a given day.
with

listed as (

    select * from {{ seed_as_known(ref('material_groups')) }}

),

lists as (

    select
        *,
        lead(valid_from) over (partition by issuer_id order by valid_from) as valid_to
    from {{ ref('stg_reference__critical_lists') }}
    where flag_column not like '%strategic%'

),

materials as (

    select * from {{ ref('int_reference__materials') }}

),

flags as (

    select
        material_id,
        'us_critical_2022' as flag_column
    from materials
    where us_critical_2022 = 'listed'
    union all
    select
        material_id,
        'us_critical_2025' as flag_column
    from materials
    where us_critical_2025 = 'listed'
    union all
    select
        material_id,
        'eu_critical_2023' as flag_column
    from materials
    where eu_critical_2023 = 'listed'

)

select
    group_id, label, issuer_id, version,
    'material' as item_kind,
    material_id, valid_from, valid_to
from listed

union all

select
    lists.list_id as group_id,
    'critical_minerals' as label,
    lists.issuer_id,
    cast(lists.valid_from as varchar) as version,
    'material' as item_kind,
    flags.material_id, lists.valid_from, lists.valid_to
from lists
inner join flags on lists.flag_column = flags.flag_column
