-- Acts and clauses in force on four days, by the register of 2026-10-08 (228 rows).
-- `suspensions_only` counts acts by the plainest reading: effective, not past the printed last day
-- (inclusive), not inside a suspension; changes of low confidence ignored. `full_rules` are the
-- clauses of the timeline, where extensions, ends, supersessions and replacements count too, and
-- `counted` those of them that neither repeat nor prolong another row. `named` are China's
-- restrictive export measures by the plain reading, `cobalt` the Congo's clauses on cobalt by the
-- timeline. A register that has grown since is not compared. The register of 2026-10-01 (152 rows)
-- gave 83, 92 and 116, and 86, 94 and 118; the 76 rows added since bring 32, 32 and 42 of the
-- difference, the corrected days of effect of two old rows the rest.
{{ config(tags=['registers']) }}

with

expected as (

    select
        listed.day, listed.rule_set, listed.n_active, listed.names
    from (
        values
        (date '2025-10-01', 'suspensions_only', 103, null),
        (date '2025-10-20', 'suspensions_only', 116, null),
        (date '2025-12-12', 'suspensions_only', 126, null),
        (date '2026-06-30', 'suspensions_only', 160, null),
        (date '2025-10-01', 'full_rules', 108, null),
        (date '2025-10-20', 'full_rules', 119, null),
        (date '2025-12-12', 'full_rules', 128, null),
        (date '2026-06-30', 'full_rules', 162, null),
        (date '2025-10-01', 'counted', 106, null),
        (date '2025-10-20', 'counted', 118, null),
        (date '2025-12-12', 'counted', 127, null),
        (date '2026-06-30', 'counted', 161, null),
        (
            date '2025-10-01', 'cobalt', 3,
            'COD-2025-CO-EXTENSION-1 COD-2025-CO-EXTENSION-2 COD-2025-CO-SUSPENSION'
        ),
        (date '2025-10-20', 'cobalt', 2, 'COD-2025-CO-QUOTA COD-2025-CO-QUOTA-RULES'),
        (
            date '2025-12-12', 'named', 5,
            'CHN-2023-GA-GE CHN-2023-GRAPHITE CHN-2024-ANTIMONY-SUPERHARD CHN-2025-REE7'
            || ' CHN-2025-W-TE-BI-MO-IN'
        ),
        (
            date '2025-10-20', 'named', 8,
            'CHN-2023-GA-GE CHN-2023-GRAPHITE CHN-2024-ANTIMONY-SUPERHARD CHN-2024-US-BAN'
            || ' CHN-2025-10-NEXPERIA-EXPORT-STOP CHN-2025-ANN61 CHN-2025-REE7'
            || ' CHN-2025-W-TE-BI-MO-IN'
        )
    ) as listed (day, rule_set, n_active, names)

),

events as (

    select * from {{ ref('fct_policy_event') }}

),

the_counted_register as (

    select count(*) as n_events
    from events
    having count(*) = 228 and max(reported_status_date) = date '2026-10-08'

),

plain as (

    select
        days.day, events.event_id,
        events.issuer_ids = 'CHN'
        and events.direction = 'restrictive'
        and events.measure_type like 'export%' as is_named
    from (select distinct day from expected) as days
    inner join events
        on
            days.day >= events.effective_date
            and (events.end_date is null or days.day <= events.end_date)
    where
        not exists (
            select 1 from events as children
            where
                children.relation_to_parent = 'suspends'
                and children.confidence <> 'low'
                -- a suspension of one paragraph suspends the act for this reading
                and concat('|', regexp_replace(children.parent_event_ids, '#[0-9]+', '', 'g'), '|')
                like concat('%|', events.event_id, '|%')
                and days.day >= children.effective_date
                and (children.end_date is null or days.day <= children.end_date)
        )

),

intervals as (

    select * from {{ ref('policy_timeline') }}
    where known_to_date is null and state = 'active'

),

found as (

    select
        day,
        'suspensions_only' as rule_set,
        event_id as subject_id
    from plain
    union all
    select
        day,
        'named' as rule_set,
        event_id as subject_id
    from plain
    where is_named
    union all
    select
        days.day,
        'full_rules' as rule_set,
        intervals.clause_id as subject_id
    from (select distinct day from expected) as days
    inner join intervals
        on {{ valid_on('intervals', 'days.day', 'start_date', 'next_change_date') }}
    union all
    select
        days.day,
        case when intervals.measure_id like 'COD-2025-CO%' then 'cobalt' end as rule_set,
        intervals.clause_id as subject_id
    from (select distinct day from expected) as days
    inner join intervals
        on {{ valid_on('intervals', 'days.day', 'start_date', 'next_change_date') }}
    union all
    select
        days.day,
        'counted' as rule_set,
        intervals.clause_id as subject_id
    from (select distinct day from expected) as days
    inner join intervals
        on
            intervals.is_counted
            and {{ valid_on('intervals', 'days.day', 'start_date', 'next_change_date') }}

),

counted as (

    select
        expected.day, expected.rule_set, expected.n_active, expected.names,
        count(found.subject_id) as n_found,
        string_agg(found.subject_id, ' ' order by found.subject_id) as found_names
    from expected
    cross join the_counted_register
    left join found
        on
            expected.day = found.day
            and expected.rule_set = found.rule_set
    group by expected.day, expected.rule_set, expected.n_active, expected.names

)

select
    day, rule_set, n_active, n_found,
    case when names is not null then found_names end as found_names
from counted
where n_found <> n_active or names <> found_names
