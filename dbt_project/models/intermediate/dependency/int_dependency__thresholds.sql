-- One row per method and criterion: the levels that hold as known on the run's day.
with

thresholds as (

    select * from {{ ref('thresholds') }}

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

)

select
    thresholds.threshold_id, thresholds.method_id, thresholds.criterion_id, thresholds.comparator,
    cast(thresholds.threshold as double) as threshold,
    thresholds.unit
from thresholds
cross join parameters
where thresholds.known_from_date <= parameters.as_known_on
