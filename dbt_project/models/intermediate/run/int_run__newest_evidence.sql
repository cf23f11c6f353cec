with

landed as (

    select newest_date from {{ source('run', 'newest_evidence') }}

),

registers as (

    select max(known_from_date) as newest_date from {{ ref('int_run__register_editions') }}

)

select max(newest_date) as newest_date
from (
    select newest_date from landed
    union all
    select newest_date from registers
) as evidence
