with

results as (

    select * from {{ ref('disruption_result').include(database=false) }}

)

select
    results.scenario_id,
    scenarios.scenario_name as scenario,
    results.policy, results.horizon_months, results.entity_id,
    coalesce(entities.country_name, blocs.bloc_name) as entity,
    blocs.bloc_id is not null as is_partnership,
    results.item_kind, results.item_id,
    items.item_name as item,
    results.stage_id,
    stages.stage_name as stage,
    results.base_year as imports_year,
    results.quantity_unit, results.demand_quantity, results.lost_quantity,
    results.covered_by_partners_quantity as from_partners_quantity,
    results.covered_by_others_quantity as from_others_quantity,
    results.stock_drawn_quantity as from_stock_quantity,
    results.shortage_quantity, results.shortage_low_quantity, results.shortage_high_quantity,
    results.shortage_share, results.shortage_share_low, results.shortage_share_high,
    results.covered_by as main_helpers,
    results.missing_reason as why_no_number,
    results.coverage_share as measured_share,
    results.source_id as sources,
    results.edition, results.lineage_id
from results
inner join {{ ref('dim_scenario').include(database=false) }} as scenarios
    on results.scenario_id = scenarios.scenario_id
left join {{ ref('dim_country').include(database=false) }} as entities
    on results.entity_id = entities.country_id
left join {{ ref('dim_bloc').include(database=false) }} as blocs
    on results.entity_id = blocs.bloc_id
left join {{ ref('dim_item').include(database=false) }} as items
    on results.item_kind = items.item_kind and results.item_id = items.item_id
left join {{ ref('dim_stage').include(database=false) }} as stages
    on results.stage_id = stages.stage_id
