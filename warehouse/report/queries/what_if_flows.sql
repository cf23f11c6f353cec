-- Who delivers more under sharing than today, with the range over all equally good plans.
select
    flows.scenario_id as key,
    suppliers.country_name || case
        when flows.supplier_id = flows.importer_id then ' for itself'
        else ' to ' || importers.country_name
    end as label,
    coalesce(goods.good_name, materials.material_name, flows.item_id) as item,
    lower(coalesce(stages.stage_name, flows.stage_id)) as stage, flows.quantity_unit as unit,
    flows.base_quantity as today_quantity, flows.new_low_quantity as plan_at_least,
    flows.new_quantity as one_best_plan, flows.new_high_quantity as plan_at_most,
    flows.capacity_quantity, flows.is_capacity_binding, flows.is_barred_by_clause,
    flows.quality_grade
from marts.reallocation_flow as flows
left join marts.dim_country as suppliers
    on flows.supplier_id = suppliers.country_id
left join marts.dim_country as importers
    on flows.importer_id = importers.country_id
left join marts.dim_material as materials
    on flows.item_kind = 'material' and flows.item_id = materials.material_id
left join marts.dim_good as goods
    on flows.item_kind = 'good' and flows.item_id = goods.good_id
left join marts.dim_stage as stages
    on flows.stage_id = stages.stage_id
where
    flows.policy = 'sharing' and flows.new_high_quantity - flows.base_quantity > 0.5
order by
    key, item, stage, flows.delta_quantity desc, flows.new_high_quantity desc,
    flows.supplier_id, flows.importer_id
