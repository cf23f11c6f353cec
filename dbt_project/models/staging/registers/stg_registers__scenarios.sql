with

seed as (

    select * from {{ seed_as_known(ref('scenarios')) }}

)

select
    scenario_id, scenario_version, scenario_name, horizon_months, stop_scope, third_floor_share,
    sharing_limit_share, ramp_months, stock_release_share, capacity_year, event_ids,
    missing_reason, known_from_date, known_from_basis, note
from seed
