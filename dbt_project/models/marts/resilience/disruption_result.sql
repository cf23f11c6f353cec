with

results as (

    select * from {{ ref('int_resilience__results') }}
    where row_kind = 'partner'

)

select
    cast(results.scenario_id as varchar) as scenario_id,
    cast(results.scenario_version as integer) as scenario_version,
    cast(results.entity_id as varchar) as entity_id,
    cast(results.item_kind as varchar) as item_kind,
    cast(results.item_id as varchar) as item_id,
    cast(results.stage_id as varchar) as stage_id,
    cast(results.policy as varchar) as policy,
    cast(results.horizon_months as integer) as horizon_months,
    cast(results.base_year as integer) as base_year,
    cast(results.capacity_basis as varchar) as capacity_basis,
    cast(results.capacity_year as integer) as capacity_year,
    cast(results.capacity_reason as varchar) as capacity_reason,
    cast(results.quantity_unit as varchar) as quantity_unit,
    cast(results.qty_basis as varchar) as qty_basis,
    cast(results.demand_basis as varchar) as demand_basis,
    cast(results.demand_quantity as double) as demand_quantity,
    cast(results.lost_quantity as double) as lost_quantity,
    cast(results.added_quantity as double) as own_added_quantity,
    cast(results.covered_by_partners_quantity as double) as covered_by_partners_quantity,
    cast(results.covered_by_others_quantity as double) as covered_by_others_quantity,
    cast(results.stock_drawn_quantity as double) as stock_drawn_quantity,
    cast(results.given_quantity as double) as given_quantity,
    cast(results.shortage_quantity as double) as shortage_quantity,
    cast(results.shortage_low_quantity as double) as shortage_low_quantity,
    cast(results.shortage_high_quantity as double) as shortage_high_quantity,
    cast(results.shortage_share as double) as shortage_share,
    cast(results.shortage_share_low as double) as shortage_share_low,
    cast(results.shortage_share_high as double) as shortage_share_high,
    cast(results.covered_share as double) as covered_share,
    cast(results.covered_by as varchar) as covered_by,
    cast(results.shortage_avoided_ratio as double) as shortage_avoided_ratio,
    cast(results.solver_status as varchar) as solver_status,
    cast(results.solver_residual as double) as solver_residual_ratio,
    cast(results.n_programs as integer) as n_programs,
    cast(results.missing_reason as varchar) as missing_reason,
    cast(results.basket_share as double) as basket_share,
    cast(results.coverage_share as double) as coverage_share,
    cast(results.quality_grade as varchar) as quality_grade,
    cast(results.source_id as varchar) as source_id,
    cast(results.edition as varchar) as edition,
    cast(results.known_from_date as date) as known_from_date,
    cast({{ scenario_lineage('results') }} as varchar) as lineage_id
from results
order by
    scenario_id nulls last, item_id nulls last, stage_id nulls last, policy nulls last,
    entity_id nulls last
