-- One row per entity and country in it: each signatory on the run's day, and the bloc of all of them.
with

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

memberships as (

    select * from {{ ref('int_country__memberships') }}
    where bloc_id = 'BLOC:PAX_SILICA' and membership_type = 'signatory' and party_kind = 'country'

),

members as (

    select distinct memberships.country_id
    from memberships
    cross join parameters
    where {{ valid_on('memberships', 'parameters.as_of_date') }}

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
