-- Imports of the goods that the nodes are traded as, newest year; nodes of one good share a row.
select
    exposure.entity_id as key,
    string_agg(distinct goods.good_name, ' and ' order by goods.good_name) as label,
    exposure.concern_share, exposure.concern_share_low, exposure.concern_share_high,
    coalesce(exposure.coverage_share < 0.9995, false) as is_partial, exposure.imports_usd,
    exposure.top_supplier_id as largest_supplier,
    exposure.top_supplier_share as largest_supplier_share, exposure.supplier_hhi,
    exposure.coverage_share, exposure.missing_reason as why_no_share,
    count(distinct nodes.node_id) as n_nodes,
    string_agg(distinct nodes.node_name, '; ' order by nodes.node_name) as nodes,
    exposure.quality_grade as grade, replace(exposure.source_ids, '|', ', ') as sources,
    exposure.year
from marts.ai_stack_exposure as exposure
inner join marts.dim_node as nodes
    on exposure.node_id = nodes.node_id
inner join marts.dim_good as goods
    on '|' || exposure.good_ids || '|' like '%|' || goods.good_id || '|%'
where
    exposure.year = (select max(year) from marts.ai_stack_exposure)
    and exposure.concern_share_low is not null
group by
    exposure.entity_id, exposure.good_ids, exposure.concern_share, exposure.concern_share_low,
    exposure.concern_share_high, exposure.coverage_share, exposure.imports_usd,
    exposure.top_supplier_id, exposure.top_supplier_share, exposure.supplier_hhi,
    exposure.missing_reason, exposure.quality_grade, exposure.source_ids, exposure.year
order by key, exposure.concern_share desc nulls last, exposure.concern_share_high desc, label
