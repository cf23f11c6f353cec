-- The states of each restrictive clause of countries of concern over time, as known today: one row
-- per interval. Clauses that trade can be measured by, and those that change next.
with

countries as (

    select members.country_id, names.country_name
    from marts.bridge_concern_member as members
    inner join marts.dim_concern_list as lists
        on members.list_id = lists.list_id and lists.is_headline
    inner join marts.dim_country as names
        on members.country_id = names.country_id
    where members.valid_to is null

),

intervals as (

    select timeline.*
    from marts.policy_timeline as timeline
    inner join countries
        on timeline.issuer_id = countries.country_id
    where
        timeline.known_to_date is null and timeline.is_counted
        and timeline.direction = 'restrictive' and timeline.is_in_exposure_scope

),

clauses as (

    select clause_id, min(start_date) as first_date
    from intervals
    group by clause_id

)

select
    intervals.title as label, intervals.clause_id, countries.country_name as issuer,
    intervals.state, intervals.start_date, intervals.end_date, intervals.targets_text,
    replace(intervals.items_text, '|', ', ') as items, intervals.confidence
from intervals
inner join clauses
    on intervals.clause_id = clauses.clause_id
left join marts.dim_country as countries
    on intervals.issuer_id = countries.country_id
order by clauses.first_date desc, intervals.clause_id, intervals.start_date
