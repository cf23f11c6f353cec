-- One row per scenario and country whose deliveries stop, in part or whole; a list of concern stands
-- for its countries on the run's day.
with

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

suppliers as (

    select suppliers.*
    from {{ ref('stg_registers__scenario_suppliers') }} as suppliers
    inner join {{ ref('stg_registers__scenarios') }} as scenarios
        on suppliers.scenario_id = scenarios.scenario_id

),

concern as (

    select members.list_id, members.country_id
    from {{ ref('stg_registers__concern_members') }} as members
    cross join parameters
    where {{ valid_on('members', 'parameters.as_of_date') }}

)

select
    suppliers.scenario_id,
    coalesce(concern.country_id, suppliers.supplier_id) as supplier_id,
    max(suppliers.lost_share) as lost_share
from suppliers
left join concern
    on suppliers.supplier_id = 'LIST:' || concern.list_id
group by suppliers.scenario_id, coalesce(concern.country_id, suppliers.supplier_id)
