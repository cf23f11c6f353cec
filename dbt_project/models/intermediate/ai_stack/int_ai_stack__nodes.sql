-- One row per node of the AI stack: its goods, their codes and stages, and how it is connected.
with

nodes as (

    select * from {{ ref('stg_reference__ai_nodes') }}

),

goods as (

    select
        node_goods.node_id,
        {{ listagg_distinct('node_goods.good_id', '|') }} as good_ids,
        {{ listagg_distinct('items.product_code', '|') }} as product_codes,
        {{ listagg_distinct('stages.chain_stage', '|') }} as chain_stages,
        min(dim_good.stage_id) as stage_id
    from {{ ref('int_ai_stack__node_goods') }} as node_goods
    left join {{ ref('dim_good') }} as dim_good
        on node_goods.good_id = dim_good.good_id
    left join {{ ref('bridge_product_material') }} as items
        on
            node_goods.good_id = items.item_id
            and items.item_kind = 'good'
            and items.nomenclature = 'HS2017'
    left join {{ ref('stg_reference__hs6_chain_stages') }} as stages
        on items.product_code = stages.product_code
    group by node_goods.node_id

),

edges as (

    select
        node_id,
        count(*) as n_edges
    from (
        select from_id as node_id from {{ ref('stg_reference__ai_edges') }}
        union all
        select to_id as node_id from {{ ref('stg_reference__ai_edges') }}
    ) as ends
    group by node_id

),

materials as (

    select
        node_id,
        count(distinct material_id) as n_materials
    from {{ ref('stg_reference__ai_node_materials') }}
    group by node_id

)

select
    nodes.node_id, nodes.node_name, nodes.node_kind, nodes.node_source, goods.stage_id,
    coalesce(goods.good_ids, '') as good_ids,
    coalesce(goods.product_codes, '') as product_codes,
    coalesce(goods.chain_stages, '') as chain_stages,
    coalesce(edges.n_edges, 0) as n_edges,
    coalesce(materials.n_materials, 0) as n_materials,
    edges.n_edges is null as is_isolated,
    nodes.known_from_date, nodes.known_from_basis
from nodes
left join goods
    on nodes.node_id = goods.node_id
left join edges
    on nodes.node_id = edges.node_id
left join materials
    on nodes.node_id = materials.node_id
