-- Materials by the number of nodes that cannot do without them.
select
    coalesce(materials.material_name, needs.material_id) as label,
    count(distinct needs.node_id) filter (where needs.necessity = 'essential') as n_nodes_essential,
    count(distinct needs.node_id) as n_nodes_in_all,
    needs.is_mineral,
    string_agg(distinct nodes.node_name, '; ' order by nodes.node_name)
        filter (where needs.necessity = 'essential') as essential_for
from marts.bridge_node_material as needs
inner join marts.dim_node as nodes
    on needs.node_id = nodes.node_id
left join marts.dim_material as materials
    on needs.is_mineral and needs.material_id = materials.material_id
group by label, needs.is_mineral
having n_nodes_essential > 0
order by n_nodes_essential desc, n_nodes_in_all desc, label
