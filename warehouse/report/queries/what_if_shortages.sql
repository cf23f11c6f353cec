-- Shortage of the partnership and of each member, without and with sharing, per scenario.
select
    results.scenario_id as key,
    case when results.entity_id like 'BLOC:%' then 'The partnership' else countries.country_name end
    || case results.policy when 'sharing' then ', sharing: ' else ', alone: ' end
    || coalesce(goods.good_name, materials.material_name, results.item_id) || ', '
    || lower(coalesce(stages.stage_name, results.stage_id)) as label,
    results.shortage_share, results.shortage_share_low, results.shortage_share_high,
    results.basket_share > 0 as is_basket, coalesce(results.coverage_share < 0.9995, true) as is_partial,
    results.quantity_unit as unit, results.demand_quantity, results.lost_quantity,
    results.covered_by_partners_quantity, results.covered_by_others_quantity,
    results.given_quantity, results.shortage_quantity, results.shortage_low_quantity,
    results.shortage_high_quantity, results.horizon_months, results.base_year,
    results.missing_reason, results.quality_grade
from marts.disruption_result as results
left join marts.dim_country as countries
    on results.entity_id = countries.country_id
left join marts.dim_material as materials
    on results.item_kind = 'material' and results.item_id = materials.material_id
left join marts.dim_good as goods
    on results.item_kind = 'good' and results.item_id = goods.good_id
left join marts.dim_stage as stages
    on results.stage_id = stages.stage_id
where
    results.policy in ('no_sharing', 'sharing') and results.shortage_share_high > 0
    and results.stage_id <> 'ANY'
order by
    key, results.entity_id not like 'BLOC:%',
    max(results.shortage_share) over (
        partition by results.scenario_id, results.entity_id, results.item_id, results.stage_id
    ) desc nulls last,
    results.entity_id, results.item_id, results.stage_id, results.policy
