with

nodes as (

    select * from {{ ref('int_ai_stack__nodes') }}

)

select
    cast(node_id as varchar) as node_id,
    cast(node_name as varchar) as node_name,
    cast(node_kind as varchar) as node_kind,
    cast(node_source as varchar) as node_source,
    cast(stage_id as varchar) as stage_id,
    cast(good_ids as varchar) as good_ids,
    cast(product_codes as varchar) as product_codes,
    cast(chain_stages as varchar) as chain_stages,
    cast(n_edges as integer) as n_edges,
    cast(n_materials as integer) as n_materials,
    cast(is_isolated as boolean) as is_isolated,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis
from nodes
order by node_id nulls last
