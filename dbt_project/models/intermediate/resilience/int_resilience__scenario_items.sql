-- One row per scenario, item and stage, with the assumptions of the scenario; an item at any stage
-- is one row per stage at which the partners' imports are measured, else one row without a stage.
with

scenarios as (

    select * from {{ ref('stg_registers__scenarios') }}

),

items as (

    select * from {{ ref('stg_registers__scenario_items') }}

),

measured as (

    select distinct
        item_kind, item_id, stage_id
    from {{ ref('supply_flow') }}

)

select
    scenarios.scenario_id, scenarios.scenario_version, scenarios.scenario_name,
    scenarios.horizon_months, scenarios.stop_scope, scenarios.third_floor_share,
    scenarios.sharing_limit_share, scenarios.ramp_months, scenarios.stock_release_share,
    scenarios.capacity_year,
    scenarios.known_from_date,
    items.item_kind, items.item_id,
    coalesce(measured.stage_id, items.stage_id) as stage_id,
    case
        when scenarios.missing_reason is not null then scenarios.missing_reason
        when measured.item_id is null then 'no partner''s imports of the item are measured'
    end as missing_reason
from scenarios
inner join items
    on scenarios.scenario_id = items.scenario_id
left join measured
    on
        items.item_kind = measured.item_kind
        and items.item_id = measured.item_id
        and (items.stage_id = 'ANY' or items.stage_id = measured.stage_id)
