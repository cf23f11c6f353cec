-- Which materials under export control stand behind most nodes of the AI stack, for Korea?
select
    materials.material_id,
    count(distinct exposure.node_id) as n_nodes
from marts.ai_stack_exposure as exposure
inner join marts.dim_material as materials
    on
        concat('|', exposure.controlled_material_ids, '|')
        like concat('%|', materials.material_id, '|%')
where exposure.entity_id = 'KOR' and exposure.year = 2024
group by materials.material_id
order by n_nodes desc, materials.material_id
limit 3
