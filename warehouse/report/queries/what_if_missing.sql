-- What a scenario cannot answer, by item and reason.
select
    results.scenario_id as key,
    coalesce(goods.good_name, materials.material_name, results.item_id) || ', '
    || lower(coalesce(stages.stage_name, 'any stage')) as label,
    results.missing_reason as why, count(distinct results.entity_id) as n_importers
from marts.disruption_result as results
left join marts.dim_material as materials
    on results.item_kind = 'material' and results.item_id = materials.material_id
left join marts.dim_good as goods
    on results.item_kind = 'good' and results.item_id = goods.good_id
left join marts.dim_stage as stages
    on results.stage_id = stages.stage_id
where results.missing_reason is not null
group by key, label, why
order by key, label, why
