-- One row per record: the event of the register it describes, or the group of records that
-- describe the same act. Events come from the register only; a record never adds one.
{%- set accepted = 0.45 %}
with

records as (

    select * from {{ ref('int_policy__source_records') }}

),

links as (

    select * from {{ ref('int_policy__act_links') }}

),

to_events as (

    select
        *,
        count(*) over (partition by record_key) as n_candidates,
        row_number() over (
            partition by record_key
            order by match_score desc, word_score desc, days_apart nulls last, act_key
        ) as place,
        lead(match_score) over (
            partition by record_key
            order by match_score desc, word_score desc, days_apart nulls last, act_key
        ) as next_score,
        lead(word_score) over (
            partition by record_key
            order by match_score desc, word_score desc, days_apart nulls last, act_key
        ) as next_word_score
    from links
    where side = 'event'

),

best as (

    select
        record_key,
        act_key as event_id,
        match_score, days_apart, n_candidates,
        case
            when match_score < {{ accepted }} then 'below_threshold'
            -- two events fit equally well: a person decides
            when
                next_score >= {{ accepted }}
                and match_score - next_score < 0.05
                and word_score - next_word_score < 0.05
                then 'ambiguous'
            else match_rule
        end as match_rule
    from to_events
    where place = 1

),

matched as (

    select
        records.record_key,
        lpad(cast(records.source_rank as varchar), 2, '0') || ':' || records.record_key as own,
        case
            when best.match_rule in ('instrument', 'candidate') then best.event_id
        end as event_id,
        case
            when best.match_rule not in ('instrument', 'candidate') then best.event_id
        end as nearest_event_id,
        coalesce(best.match_rule, 'none') as match_rule,
        best.match_score, best.days_apart,
        coalesce(best.n_candidates, 0) as n_candidate_events
    from records
    left join best on records.record_key = best.record_key

),

-- an act without an event is named after its best record; two rounds over the neighbours
-- reach the neighbours' neighbours
neighbours as (

    select
        links.record_key,
        links.act_key as other_key
    from links
    inner join matched as mine on links.record_key = mine.record_key
    inner join matched as theirs on links.act_key = theirs.record_key
    where
        links.side = 'record'
        and links.match_score >= {{ accepted }}
        and mine.event_id is null
        and theirs.event_id is null

),

once as (

    select
        matched.record_key,
        least(matched.own, coalesce(min(others.own), matched.own)) as best_key
    from matched
    left join neighbours on matched.record_key = neighbours.record_key
    left join matched as others on neighbours.other_key = others.record_key
    group by matched.record_key, matched.own

),

twice as (

    select
        once.record_key,
        least(once.best_key, coalesce(min(others.best_key), once.best_key)) as best_key
    from once
    left join neighbours on once.record_key = neighbours.record_key
    left join once as others on neighbours.other_key = others.record_key
    group by once.record_key, once.best_key

)

select
    matched.record_key, matched.event_id, matched.nearest_event_id,
    coalesce(matched.event_id, substr(twice.best_key, 4)) as act_group_id,
    matched.match_rule, matched.match_score, matched.days_apart, matched.n_candidate_events
from matched
inner join twice on matched.record_key = twice.record_key
