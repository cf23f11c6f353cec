-- One row per country that is a signatory of the partnership on the run's day.
with

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

memberships as (

    select * from {{ ref('int_country__memberships') }}
    where bloc_id = 'BLOC:PAX_SILICA' and membership_type = 'signatory' and party_kind = 'country'

)

select distinct memberships.country_id
from memberships
cross join parameters
where {{ valid_on('memberships', 'parameters.as_of_date') }}
