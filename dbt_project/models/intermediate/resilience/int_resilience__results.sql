-- One row of int_resilience__solutions with the version of its scenario and what the base of its
-- partner was measured on. Three marts publish one kind of row each.
with

solutions as (

    select * from {{ ref('int_resilience__solutions') }}

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
    solutions.*,
    scenarios.scenario_version, scenarios.known_from_date,
    inputs.base_year, inputs.quantity_unit, inputs.qty_basis, inputs.demand_basis,
    inputs.basket_share, inputs.coverage_share, inputs.quality_grade, inputs.source_id,
    inputs.edition, inputs.lineage_id
from solutions
inner join scenarios
    on solutions.scenario_id = scenarios.scenario_id
left join inputs
    on
        solutions.item_kind = inputs.item_kind
        and solutions.item_id = inputs.item_id
        and solutions.stage_id = inputs.stage_id
        and solutions.entity_id = inputs.entity_id
