-- One row per rule of the watchlist with its threshold and the run's day.
with

rules as (

    select * from {{ ref('stg_reference__warning_rules') }}

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

)

select
    rules.*,
    parameters.as_of_date
from rules
cross join parameters
