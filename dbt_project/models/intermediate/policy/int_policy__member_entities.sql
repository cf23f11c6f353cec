-- One row per entity and country in it: each signatory on the run's day, and the bloc of all of them.
with

members as (

    select * from {{ ref('int_country__members') }}

)

select
    country_id as entity_id,
    country_id
from members

union all

select
    'BLOC:PAX_SILICA' as entity_id,
    country_id
from members
