-- What goes into what: our links between nodes, and the minerals that their nodes cannot do without.
with

links as (

    select
        from_id, to_id, 'part' as kind, relation, cast(null as varchar) as form, confidence,
        is_in_cycle
    from marts.bridge_node_edge
    union all
    select
        needs.material_id as from_id, needs.node_id as to_id, 'mineral' as kind,
        'essential, ' || needs.link as relation, needs.form, needs.confidence, false as is_in_cycle
    from marts.bridge_node_material as needs
    inner join marts.dim_node as nodes
        on needs.node_id = nodes.node_id
    where needs.is_mineral and needs.necessity = 'essential' and not nodes.is_isolated

)

select
    coalesce(nodes.node_name, materials.material_name, links.from_id) as label,
    targets.node_name as column_label, links.kind,
    replace(links.relation, '_', ' ') as relation,
    string_agg(distinct links.form, '; ' order by links.form) as forms, links.confidence,
    links.is_in_cycle
from links
left join marts.dim_node as nodes
    on links.kind = 'part' and links.from_id = nodes.node_id
left join marts.dim_material as materials
    on links.kind = 'mineral' and links.from_id = materials.material_id
left join marts.dim_node as targets
    on links.to_id = targets.node_id
group by label, column_label, links.kind, relation, links.confidence, links.is_in_cycle
order by links.kind desc, column_label, label, relation, links.confidence
