with

results as (

    select * from {{ ref('int_resilience__results') }}
    where row_kind = 'flow'

)

select
    cast(results.scenario_id as varchar) as scenario_id,
    cast(results.scenario_version as integer) as scenario_version,
    cast(results.supplier_id as varchar) as supplier_id,
    cast(results.entity_id as varchar) as importer_id,
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
    cast(results.base_quantity as double) as base_quantity,
    cast(results.new_quantity as double) as new_quantity,
    cast(results.new_low_quantity as double) as new_low_quantity,
    cast(results.new_high_quantity as double) as new_high_quantity,
    cast(results.new_quantity - results.base_quantity as double) as delta_quantity,
    cast(results.capacity_quantity as double) as capacity_quantity,
    cast(results.is_capacity_binding as boolean) as is_capacity_binding,
    cast(results.is_barred_by_clause as boolean) as is_barred_by_clause,
    cast(results.shortage_avoided_ratio as double) as shortage_avoided_ratio,
    cast(results.solver_status as varchar) as solver_status,
    cast(results.solver_residual as double) as solver_residual_ratio,
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
    importer_id nulls last, supplier_id nulls last
