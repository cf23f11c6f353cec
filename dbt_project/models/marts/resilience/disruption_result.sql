with

solutions as (

    select * from {{ ref('int_resilience__solutions') }}
    where row_kind = 'partner'

),

scenarios as (

    select distinct
        scenario_id, scenario_version, known_from_date
    from {{ ref('int_resilience__scenario_items') }}

),

inputs as (

    select * from {{ ref('int_resilience__partner_inputs') }}

)

select
    cast(solutions.scenario_id as varchar) as scenario_id,
    cast(scenarios.scenario_version as integer) as scenario_version,
    cast(solutions.entity_id as varchar) as entity_id,
    cast(solutions.item_kind as varchar) as item_kind,
    cast(solutions.item_id as varchar) as item_id,
    cast(solutions.stage_id as varchar) as stage_id,
    cast(solutions.policy as varchar) as policy,
    cast(solutions.horizon_months as integer) as horizon_months,
    cast(inputs.base_year as integer) as base_year,
    cast(inputs.quantity_unit as varchar) as quantity_unit,
    cast(inputs.qty_basis as varchar) as qty_basis,
    cast(solutions.demand_quantity as double) as demand_quantity,
    cast(solutions.lost_quantity as double) as lost_quantity,
    cast(solutions.added_quantity as double) as own_added_quantity,
    cast(solutions.covered_by_partners_quantity as double) as covered_by_partners_quantity,
    cast(solutions.covered_by_others_quantity as double) as covered_by_others_quantity,
    cast(solutions.stock_drawn_quantity as double) as stock_drawn_quantity,
    cast(solutions.given_quantity as double) as given_quantity,
    cast(solutions.shortage_quantity as double) as shortage_quantity,
    cast(solutions.shortage_low_quantity as double) as shortage_low_quantity,
    cast(solutions.shortage_high_quantity as double) as shortage_high_quantity,
    cast(solutions.shortage_share as double) as shortage_share,
    cast(solutions.shortage_share_low as double) as shortage_share_low,
    cast(solutions.shortage_share_high as double) as shortage_share_high,
    cast(solutions.covered_share as double) as covered_share,
    cast(solutions.covered_by as varchar) as covered_by,
    cast(solutions.shortage_avoided_ratio as double) as shortage_avoided_ratio,
    cast(solutions.solver_status as varchar) as solver_status,
    cast(solutions.solver_residual as double) as solver_residual_ratio,
    cast(solutions.n_programs as integer) as n_programs,
    cast(solutions.missing_reason as varchar) as missing_reason,
    cast(inputs.basket_share as double) as basket_share,
    cast(inputs.coverage_share as double) as coverage_share,
    cast(inputs.quality_grade as varchar) as quality_grade,
    cast(inputs.source_id as varchar) as source_id,
    cast(inputs.edition as varchar) as edition,
    cast(scenarios.known_from_date as date) as known_from_date,
    cast(
        coalesce(inputs.lineage_id || '+', '') || {{ register_lineage('scenarios') }} as varchar
    ) as lineage_id
from solutions
inner join scenarios
    on solutions.scenario_id = scenarios.scenario_id
left join inputs
    on
        solutions.item_kind = inputs.item_kind
        and solutions.item_id = inputs.item_id
        and solutions.stage_id = inputs.stage_id
        and solutions.entity_id = inputs.entity_id
order by
    scenario_id nulls last, item_id nulls last, stage_id nulls last, policy nulls last,
    entity_id nulls last
