-- The weakest measured link behind each part of the stack, newest year.
with

bands as (

    -- a node that is traded as one good alone has the band of that good
    select
        entity_id, year, good_ids as good_id, min(concern_share_low) as weakest_link_share_low,
        max(concern_share_high) as weakest_link_share_high
    from marts.ai_stack_exposure
    group by entity_id, year, good_ids

)

select
    exposure.entity_id as key, nodes.node_name as label, exposure.weakest_link_share,
    bands.weakest_link_share_low, bands.weakest_link_share_high,
    goods.good_name as weakest_link, exposure.completeness_share < 1 as is_partial,
    exposure.n_goods_behind, exposure.n_goods_behind_measured, exposure.completeness_share,
    exposure.composite_index as index_of_the_chain,
    exposure.n_controlled_materials,
    replace(exposure.controlled_material_ids, '|', ', ') as controlled_materials, exposure.year
from marts.ai_stack_exposure as exposure
inner join marts.dim_node as nodes
    on exposure.node_id = nodes.node_id
left join marts.dim_good as goods
    on exposure.weakest_link_good_id = goods.good_id
left join bands
    on
        exposure.entity_id = bands.entity_id and exposure.year = bands.year
        and exposure.weakest_link_good_id = bands.good_id
where
    exposure.year = (select max(year) from marts.ai_stack_exposure)
    and not nodes.is_isolated
order by key, exposure.weakest_link_share desc nulls last, label
