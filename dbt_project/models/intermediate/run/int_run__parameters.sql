with

parameters as (

    select * from {{ source('run', 'parameters') }}

),

newest as (

    select * from {{ ref('int_run__newest_evidence') }}

)

select
    cast(parameters.as_known_on as date) as as_known_on,
    cast(coalesce(parameters.as_of_date, newest.newest_date) as date) as as_of_date
from parameters
cross join newest
