-- noqa: disable=ST07
with

trade as (

    select * from {{ ref('int_ai_stack__node_trade') }}

),

nodes as (

    select * from {{ ref('dim_node') }}

),

walks as (

    select * from {{ ref('int_ai_stack__walks') }}

),

node_goods as (

    select * from {{ ref('int_ai_stack__node_goods') }}

),

good_dependency as (

    select * from {{ ref('int_ai_stack__good_dependency') }}

),

-- each good once, however many nodes are traded as it
goods_behind as (

    select distinct
        walks.node_id, node_goods.good_id
    from walks
    inner join node_goods
        on walks.upstream_id = node_goods.node_id

),

chains as (

    select
        trade.entity_id, trade.node_id, trade.year,
        count(*) as n_goods_behind,
        count(good_dependency.concern_share) as n_goods_behind_measured,
        max(good_dependency.concern_share) as weakest_link_share,
        min_by(
            good_dependency.good_id, (-good_dependency.concern_share, good_dependency.good_id)
        ) filter (where good_dependency.concern_share is not null) as weakest_link_good_id,
        -- greatest() would read a missing share as a full one
        round(1 - exp({{ order_independent_sum(
            'case when good_dependency.concern_share is not null '
            ~ 'then ln(greatest(1 - good_dependency.concern_share, 1e-12)) end'
        ) }}), 12) as composite_index
    from trade
    inner join goods_behind
        on trade.node_id = goods_behind.node_id
    left join good_dependency
        on
            trade.entity_id = good_dependency.entity_id
            and trade.year = good_dependency.year
            and goods_behind.good_id = good_dependency.good_id
            and trade.netting = good_dependency.netting
    group by trade.entity_id, trade.node_id, trade.year

),

depths as (

    select
        node_id,
        count(*) - 1 as n_upstream,
        bool_or(is_cycle) as is_cycle
    from walks
    group by node_id

),

materials_behind as (

    select distinct
        walks.node_id, materials.material_id
    from walks
    inner join {{ ref('bridge_node_material') }} as materials
        on walks.upstream_id = materials.node_id
    where materials.is_mineral and materials.necessity in ('essential', 'important')

),

members as (

    select distinct country_id
    from {{ ref('int_dependency__bloc_members') }}
    where bloc_id = 'BLOC:PAX_SILICA' and membership_variant = 'as_of_today'

),

entities as (

    select distinct entity_id from trade

),

-- a bloc is addressed where one of its members is
addressed as (

    select distinct
        entities.entity_id, controls.material_id
    from entities
    inner join {{ ref('int_ai_stack__controlled_materials') }} as controls
        on
            (
                controls.target_id in ('ALL', entities.entity_id)
                and controls.issuer_id <> entities.entity_id
            )
            or (
                entities.entity_id like 'BLOC:%'
                and controls.target_id in (select country_id from members)
            )

),

controlled as (

    select
        addressed.entity_id, materials_behind.node_id,
        {{ listagg_distinct('materials_behind.material_id', '|') }} as controlled_material_ids,
        count(distinct materials_behind.material_id) as n_controlled_materials
    from materials_behind
    inner join addressed
        on materials_behind.material_id = addressed.material_id
    group by addressed.entity_id, materials_behind.node_id

),

material_counts as (

    select
        node_id,
        count(*) as n_materials_behind
    from materials_behind
    group by node_id

)

select
    cast(trade.entity_id as varchar) as entity_id,
    cast(trade.node_id as varchar) as node_id,
    cast(trade.year as integer) as year,
    cast('trade' as varchar) as share_source,
    cast(trade.netting as varchar) as netting,
    cast(trade.membership_variant as varchar) as membership_variant,
    cast(nodes.node_kind as varchar) as node_kind,
    cast(nodes.stage_id as varchar) as stage_id,
    cast(coalesce(trade.good_ids, '') as varchar) as good_ids,
    cast(trade.imports_usd as double) as imports_usd,
    cast(trade.concern_share as double) as concern_share,
    cast(trade.concern_share_low as double) as concern_share_low,
    cast(trade.concern_share_high as double) as concern_share_high,
    cast(trade.top_supplier_id as varchar) as top_supplier_id,
    cast(trade.top_supplier_share as double) as top_supplier_share,
    cast(trade.supplier_hhi as double) as supplier_hhi,
    cast(trade.coverage_share as double) as coverage_share,
    cast(trade.missing_reason as varchar) as missing_reason,
    cast(depths.n_upstream as integer) as n_upstream,
    cast(coalesce(chains.n_goods_behind, 0) as integer) as n_goods_behind,
    cast(coalesce(chains.n_goods_behind_measured, 0) as integer) as n_goods_behind_measured,
    cast(chains.n_goods_behind_measured / nullif(chains.n_goods_behind, 0) as double)
        as completeness_share,
    cast(chains.weakest_link_share as double) as weakest_link_share,
    cast(chains.weakest_link_good_id as varchar) as weakest_link_good_id,
    cast(chains.composite_index as double) as composite_index,
    cast(coalesce(material_counts.n_materials_behind, 0) as integer) as n_materials_behind,
    cast(coalesce(controlled.n_controlled_materials, 0) as integer) as n_controlled_materials,
    cast(coalesce(controlled.controlled_material_ids, '') as varchar) as controlled_material_ids,
    cast(depths.is_cycle as boolean) as is_cycle,
    cast(trade.quality_grade as varchar) as quality_grade,
    cast(trade.source_ids as varchar) as source_ids,
    cast(trade.source_edition_max as varchar) as source_edition_max,
    cast(trade.known_from_date as date) as known_from_date,
    cast({{ lineage_union(['trade.lineage_id', register_lineage('policy_register')]) }} as varchar)
        as lineage_id
from trade
inner join nodes
    on trade.node_id = nodes.node_id
inner join depths
    on trade.node_id = depths.node_id
left join chains
    on
        trade.entity_id = chains.entity_id
        and trade.node_id = chains.node_id
        and trade.year = chains.year
left join controlled
    on trade.entity_id = controlled.entity_id and trade.node_id = controlled.node_id
left join material_counts
    on trade.node_id = material_counts.node_id
