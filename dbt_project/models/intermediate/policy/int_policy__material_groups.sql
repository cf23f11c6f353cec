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

-- a group that is widened to a whole family (all rare earths) is one row that names the family
select
    listed.group_id, listed.label, listed.issuer_id, listed.version,
    'material' as item_kind,
    coalesce(members.material_id, listed.material_id) as material_id,
    listed.valid_from, listed.valid_to
from listed
left join materials as members on listed.material_id = members.parent_material_id

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
