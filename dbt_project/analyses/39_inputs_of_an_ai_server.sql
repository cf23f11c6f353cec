-- Which inputs of an AI server hang on countries of concern for the United States, Japan, Korea and
-- the partnership, and through whom? Inputs that nothing is known of share a row with the reason.
with recursive

upstream as (

    select
        'X_SERVER' as node_id,
        0 as depth
    union
    select
        edges.from_id as node_id,
        upstream.depth + 1 as depth
    from upstream
    inner join marts.bridge_node_edge as edges
        on upstream.node_id = edges.to_id and edges.relation = 'goes_into'
    where upstream.depth < 12

)

select
    exposure.entity_id,
    string_agg(distinct nodes.node_name, '; ' order by nodes.node_name) as inputs,
    round(100 * exposure.concern_share, 1) as concern_percent,
    round(100 * exposure.concern_share_low, 1) as low_percent,
    round(100 * exposure.concern_share_high, 1) as high_percent,
    exposure.top_supplier_id,
    round(100 * exposure.top_supplier_share, 1) as top_percent,
    exposure.source_ids, exposure.missing_reason
from marts.ai_stack_exposure as exposure
inner join marts.dim_node as nodes
    on exposure.node_id = nodes.node_id
where
    exposure.node_id in (select upstream.node_id from upstream)
    and exposure.entity_id in ('USA', 'JPN', 'KOR', 'BLOC:PAX_SILICA')
    and exposure.year = (select max(year) from marts.ai_stack_exposure)
group by
    exposure.entity_id, exposure.concern_share, exposure.concern_share_low,
    exposure.concern_share_high, exposure.top_supplier_id, exposure.top_supplier_share,
    exposure.source_ids, exposure.missing_reason
order by exposure.entity_id, concern_percent desc nulls last, high_percent desc nulls last, inputs
