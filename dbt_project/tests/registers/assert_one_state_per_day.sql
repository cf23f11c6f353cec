-- As known on any day, the intervals of a clause follow each other from its first day to an open
-- end: with policy_timeline_one_state_per_day (no overlap) exactly one state per clause and day.
with

intervals as (

    select
        clause_id, version, known_from_date, start_date, next_change_date,
        lead(start_date)
            over (partition by clause_id, version, known_from_date order by start_date)
            as following_start_date
    from {{ ref('policy_timeline') }}

)

select * from intervals
where
    coalesce(next_change_date, date '9999-12-31')
    <> coalesce(following_start_date, date '9999-12-31')
