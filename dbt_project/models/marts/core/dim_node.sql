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

    select node_id, count(*) as n_edges
    from (
        select from_id as node_id from {{ ref('stg_reference__ai_edges') }}
        union all
        select to_id as node_id from {{ ref('stg_reference__ai_edges') }}
    ) as ends
    group by node_id

),

materials as (

    select node_id, count(distinct material_id) as n_materials
    from {{ ref('stg_reference__ai_node_materials') }}
    group by node_id

)

select
    cast(nodes.node_id as varchar) as node_id,
    cast(nodes.node_name as varchar) as node_name,
    cast(nodes.node_kind as varchar) as node_kind,
    cast(nodes.node_source as varchar) as node_source,
    cast(goods.stage_id as varchar) as stage_id,
    cast(coalesce(goods.good_ids, '') as varchar) as good_ids,
    cast(coalesce(goods.product_codes, '') as varchar) as product_codes,
    cast(coalesce(goods.chain_stages, '') as varchar) as chain_stages,
    cast(coalesce(edges.n_edges, 0) as integer) as n_edges,
    cast(coalesce(materials.n_materials, 0) as integer) as n_materials,
    cast(edges.n_edges is null as boolean) as is_isolated,
    cast(nodes.known_from_date as date) as known_from_date,
    cast(nodes.known_from_basis as varchar) as known_from_basis
from nodes
left join goods on nodes.node_id = goods.node_id
left join edges on nodes.node_id = edges.node_id
left join materials on nodes.node_id = materials.node_id
order by nodes.node_id nulls last
