-- Nodes without a share, and what would bring one.
select
    exposure.entity_id as key, exposure.missing_reason as label,
    count(*) as n_nodes,
    string_agg(nodes.node_name, '; ' order by nodes.node_name) as nodes
from marts.ai_stack_exposure as exposure
inner join marts.dim_node as nodes
    on exposure.node_id = nodes.node_id
where
    exposure.year = (select max(year) from marts.ai_stack_exposure)
    and exposure.concern_share is null
group by key, exposure.missing_reason
order by key, n_nodes desc, label
