with

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

named as (

    select * from {{ ref('int_policy__clause_items') }}

),

groups as (

    select * from {{ ref('int_policy__material_groups') }}

),

product_items as (

    select * from {{ ref('int_reference__product_items') }}

),

products as (

    select * from {{ ref('int_policy__clause_products') }}

),

materials as (

    select * from {{ ref('int_reference__materials') }}

),

-- a group has the members of its issuer's list on the clause's first day; a group without a list of
-- the issuer stays a group
expanded as (

    select
        named.clause_id, named.item_label,
        coalesce(groups.item_kind, named.item_kind) as item_kind,
        coalesce(groups.material_id, named.item_id) as item_id,
        groups.group_id, groups.version, named.known_from_date
    from named
    inner join clauses on named.clause_id = clauses.clause_id
    left join groups
        on
            named.item_label = groups.label
            and clauses.issuer_ids = groups.issuer_id
            and coalesce(clauses.effective_date, clauses.announced_date) >= groups.valid_from
            and (
                groups.valid_to is null
                or coalesce(clauses.effective_date, clauses.announced_date) < groups.valid_to
            )

),

stages as (

    select distinct
        products.clause_id, items.item_id,
        coalesce(materials.parent_material_id, items.item_id) as parent_id,
        items.stage_id
    from products
    inner join product_items as items on products.product_code = items.product_code
    left join materials on items.item_id = materials.material_id

)

select
    cast(expanded.clause_id as varchar) as clause_id,
    cast(expanded.item_label as varchar) as item_label,
    cast(expanded.item_kind as varchar) as item_kind,
    cast(expanded.item_id as varchar) as item_id,
    -- no code, no stage: the clause does not state it, or it is unknown
    cast(coalesce(stages.stage_id, 'any') as varchar) as stage_id,
    cast(expanded.group_id as varchar) as group_id,
    cast(expanded.version as varchar) as group_version,
    cast(max(expanded.known_from_date) as date) as known_from_date,
    cast({{ register_lineage('policy_register') }} as varchar) as lineage_id
from expanded
left join materials on expanded.item_id = materials.material_id
left join stages
    on
        expanded.clause_id = stages.clause_id
        and (
            expanded.item_id = stages.item_id
            or expanded.item_id = stages.parent_id
            or materials.parent_material_id = stages.item_id
        )
group by
    expanded.clause_id, expanded.item_label, expanded.item_kind, expanded.item_id, stages.stage_id,
    expanded.group_id, expanded.version
order by
    clause_id nulls last,
    item_label nulls last,
    item_id nulls last,
    stage_id nulls last
