-- One row per source and edition known on the run's day.
with

payloads as (

    select * from {{ ref('int_quality__payloads') }}

),

load_records as (

    select * from {{ source_as_known('run', 'load_records') }}

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

quarantined as (

    -- a partition repeats its count on each of its payloads
    select source_id, edition, sum(n_quarantined) as n_quarantined
    from (
        select distinct source_id, edition, partition, n_quarantined from load_records
    ) as partitions
    group by source_id, edition

),

cadences as (

    -- a register has no cadence: a law is not stale because nothing amended it
    select source_id, max(stale_after_days) as stale_after_days
    from load_records
    group by source_id

),

newest as (

    select source_id, max(known_from_date) as newest_date
    from payloads
    group by source_id

)

select
    payloads.source_id, payloads.edition,
    max({{ dbt.datediff('payloads.known_from_date', 'parameters.as_of_date', 'day') }})
        as freshness_days,
    max(cadences.stale_after_days) as stale_after_days,
    max(case when payloads.known_from_date = newest.newest_date then 1 else 0 end) as is_newest,
    sum(payloads.n_rows) as n_rows,
    max(quarantined.n_quarantined)
    / nullif(cast(sum(payloads.n_rows) + max(quarantined.n_quarantined) as double), 0)
        as quarantined_share
from payloads
cross join parameters
inner join newest
    on payloads.source_id = newest.source_id
left join quarantined
    on
        payloads.source_id = quarantined.source_id
        and payloads.edition = quarantined.edition
left join cadences
    on payloads.source_id = cadences.source_id
group by payloads.source_id, payloads.edition
