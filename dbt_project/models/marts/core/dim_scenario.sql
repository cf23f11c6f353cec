with

scenarios as (

    select * from {{ ref('stg_registers__scenarios') }}

),

suppliers as (

    select
        scenario_id,
        {{ listagg_distinct('supplier_id', '|') }} as supplier_ids
    from {{ ref('stg_registers__scenario_suppliers') }}
    group by scenario_id

)

select
    cast(scenarios.scenario_id as varchar) as scenario_id,
    cast(scenarios.scenario_version as integer) as scenario_version,
    cast(scenarios.scenario_name as varchar) as scenario_name,
    cast(suppliers.supplier_ids as varchar) as supplier_ids,
    cast(scenarios.horizon_months as integer) as horizon_months,
    cast(scenarios.stop_scope as varchar) as stop_scope,
    cast(scenarios.third_floor_share as double) as third_floor_share,
    cast(scenarios.sharing_limit_share as double) as sharing_limit_share,
    cast(scenarios.ramp_months as integer) as ramp_months,
    cast(scenarios.stock_release_share as double) as stock_release_share,
    cast(scenarios.event_ids as varchar) as event_ids,
    cast(scenarios.missing_reason as varchar) as missing_reason,
    cast(scenarios.note as varchar) as note,
    cast(scenarios.known_from_date as date) as known_from_date,
    cast(scenarios.known_from_basis as varchar) as known_from_basis
from scenarios
left join suppliers
    on scenarios.scenario_id = suppliers.scenario_id
order by scenarios.scenario_id nulls last
