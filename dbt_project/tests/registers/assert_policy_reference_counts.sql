-- Active clauses on three days as counted by hand on the register of 2026-10-01 (152 rows,
-- low-confidence changes ignored, suspensions subtracted, ends inclusive). A register that has
-- grown since is not asked.
{{ config(tags=['registers']) }}

with

expected as (

    select
        listed.day,
        listed.n_active
    from (
        values
        (date '2025-10-20', 83),
        (date '2025-12-12', 92),
        (date '2026-06-30', 116)
    ) as listed (day, n_active)

),

the_counted_register as (

    select count(*) as n_events
    from {{ ref('fct_policy_event') }}
    having count(*) = 152 and max(reported_status_date) = date '2026-10-01'

),

intervals as (

    select * from {{ ref('policy_timeline') }}
    where known_to_date is null and state = 'active'

),

counted as (

    select
        expected.day,
        expected.n_active,
        count(intervals.clause_id) as n_found
    from expected
    cross join the_counted_register
    left join intervals
        on {{ valid_on('intervals', 'expected.day', 'start_date', 'next_change_date') }}
    group by expected.day, expected.n_active

)

select * from counted
where n_found <> n_active
