-- One row per scenario with its assumptions and the suppliers that stop, as the register names them.
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
    scenarios.*,
    suppliers.supplier_ids
from scenarios
left join suppliers
    on scenarios.scenario_id = suppliers.scenario_id
