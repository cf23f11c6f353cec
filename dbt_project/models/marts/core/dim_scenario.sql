with

scenarios as (

    select * from {{ ref('int_resilience__scenarios') }}

)

select
    cast(scenario_id as varchar) as scenario_id,
    cast(scenario_version as integer) as scenario_version,
    cast(scenario_name as varchar) as scenario_name,
    cast(supplier_ids as varchar) as supplier_ids,
    cast(horizon_months as integer) as horizon_months,
    cast(stop_scope as varchar) as stop_scope,
    cast(third_floor_share as double) as third_floor_share,
    cast(sharing_limit_share as double) as sharing_limit_share,
    cast(ramp_months as integer) as ramp_months,
    cast(stock_release_share as double) as stock_release_share,
    cast(capacity_year as integer) as capacity_year,
    cast(event_ids as varchar) as event_ids,
    cast(missing_reason as varchar) as missing_reason,
    cast(note as varchar) as note,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis
from scenarios
order by scenario_id nulls last
