with

seed as (

    select * from {{ ref('scenario_suppliers') }}

)

select scenario_id, supplier_id, lost_share
from seed
