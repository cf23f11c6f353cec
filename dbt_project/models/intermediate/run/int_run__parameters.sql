with

parameters as (

    select * from {{ source('run', 'parameters') }}

),

evidence as (

    select known_from_date from {{ source_as_known('run', 'load_records') }}
    union all
    select known_from_date from {{ ref('int_run__register_editions') }}

),

newest as (

    select max(known_from_date) as newest_date from evidence

)

select
    cast(parameters.as_known_on as date) as as_known_on,
    cast(coalesce(parameters.as_of_date, newest.newest_date) as date) as as_of_date
from parameters
cross join newest
