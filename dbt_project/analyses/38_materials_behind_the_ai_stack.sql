-- Which three materials under export control stand behind most nodes of the AI stack, for the
-- United States, Japan, Korea and the partnership? By necessity, not by quantity.
with

counts as (

    select
        exposure.entity_id, materials.material_id,
        count(distinct exposure.node_id) as n_nodes,
        max(exposure.lineage_id) as lineage_id
    from marts.ai_stack_exposure as exposure
    inner join marts.dim_material as materials
        on
            concat('|', exposure.controlled_material_ids, '|')
            like concat('%|', materials.material_id, '|%')
    where
        exposure.entity_id in ('USA', 'JPN', 'KOR', 'BLOC:PAX_SILICA')
        and exposure.year = (select max(year) from marts.ai_stack_exposure)
    group by exposure.entity_id, materials.material_id

),

issuers as (

    select
        bridge.item_id as material_id,
        string_agg(distinct clauses.issuer_id, '|' order by clauses.issuer_id) as issuer_ids,
        count(distinct clauses.clause_id) as n_clauses
    from marts.policy_timeline as clauses
    inner join marts.bridge_clause_material as bridge
        on clauses.clause_id = bridge.clause_id
    where
        clauses.is_current
        and clauses.state = 'active'
        and clauses.direction = 'restrictive'
        and clauses.instrument like 'export%'
    group by bridge.item_id

)

select
    counts.entity_id,
    row_number() over (
        partition by counts.entity_id order by counts.n_nodes desc, counts.material_id
    ) as place,
    counts.material_id, counts.n_nodes, issuers.n_clauses, issuers.issuer_ids, counts.lineage_id
from counts
left join issuers
    on counts.material_id = issuers.material_id
qualify place <= 3
order by counts.entity_id, place
