-- One row per record and act (event of the register, or other record) that may be the same.
with

acts as (

    select
        'event' as side,
        event_id as act_key,
        cast(null as varchar) as source_id,
        cast(null as varchar) as act_id,
        announced_date, effective_date, target_ids,
        0 as source_rank,
        title
    from {{ ref('stg_registers__policy_register') }}
    union all
    -- a day that stands for a month or a year dates nothing
    select
        'record' as side,
        record_key as act_key,
        source_id, act_id,
        case when announced_precision = 'day' then announced_date end as announced_date,
        case when effective_precision = 'day' then effective_date end as effective_date,
        target_ids, source_rank, title
    from {{ ref('int_policy__source_records') }}

),

worded as (

    select
        *,
        {{ title_tokens('title') }} as tokens
    from acts

),

match_keys as (

    select * from {{ ref('int_policy__match_keys') }}

),

issuers as (

    select * from match_keys
    where key_kind = 'issuer'

),

dated as (

    select
        issuers.side, issuers.act_key,
        issuers.key_text as issuer_id,
        'announced' as date_kind,
        acts.announced_date as day_date
    from issuers
    inner join acts on issuers.act_key = acts.act_key and issuers.side = acts.side
    where acts.announced_date is not null
    union all
    select
        issuers.side, issuers.act_key,
        issuers.key_text as issuer_id,
        'effective' as date_kind,
        acts.effective_date as day_date
    from issuers
    inner join acts on issuers.act_key = acts.act_key and issuers.side = acts.side
    where acts.effective_date is not null

),

-- by equality of days, so that a long tracker is not compared with itself row by row
near as (

    select
        mine.act_key as record_key,
        theirs.side, theirs.act_key,
        min(abs(offsets.n - 4)) as days_apart
    from dated as mine
    cross join {{ numbers(7) }} as offsets
    inner join dated as theirs
        on
            mine.issuer_id = theirs.issuer_id
            and mine.date_kind = theirs.date_kind
            and theirs.day_date
            = cast({{ dbt.dateadd('day', 'offsets.n - 4', 'mine.day_date') }} as date)
            and mine.act_key <> theirs.act_key
    where mine.side = 'record'
    group by mine.act_key, theirs.side, theirs.act_key

),

-- the pairs that also share a kind of measure and something it is about
alike as (

    select
        near.record_key, near.side, near.act_key, near.days_apart
    from near
    inner join match_keys as mine on near.record_key = mine.act_key and mine.side = 'record'
    inner join match_keys as theirs
        on
            near.act_key = theirs.act_key
            and near.side = theirs.side
            and mine.key_kind = theirs.key_kind
            and mine.key_text = theirs.key_text
    where mine.key_kind in ('type', 'item')
    group by near.record_key, near.side, near.act_key, near.days_apart
    having count(distinct mine.key_kind) = 2

),

numbers as (

    select
        side, act_key,
        {{ listagg_distinct("split_part(key_text, '/', 1)", '|') }} as number_kinds
    from match_keys
    where key_kind = 'instrument' and key_text not like 'gta_intervention/%'
    group by side, act_key

),

numbered as (

    select distinct
        mine.act_key as record_key,
        theirs.side, theirs.act_key
    from match_keys as mine
    inner join match_keys as theirs
        on
            mine.key_text = theirs.key_text
            and theirs.key_kind = 'instrument'
            and mine.act_key <> theirs.act_key
    -- ministries of two countries have the same numbers
    inner join issuers as my_issuers
        on mine.act_key = my_issuers.act_key and mine.side = my_issuers.side
    inner join issuers as their_issuers
        on
            theirs.act_key = their_issuers.act_key
            and theirs.side = their_issuers.side
            and my_issuers.key_text = their_issuers.key_text
    where mine.side = 'record' and mine.key_kind = 'instrument'

),

scored as (

    select
        alike.*,
        {{ token_overlap('mine.tokens', 'theirs.tokens') }} as title_overlap,
        case
            when theirs.target_ids is null or theirs.target_ids = 'ALL' then 0.5
            when mine.target_ids is null then 0.25
            when {{ lists_overlap('mine.target_ids', 'theirs.target_ids') }} then 1.0
            else 0.0
        end as target_overlap,
        -- numbers of one kind that differ are two instruments; so are a loan and a grant
        coalesce(my_numbers.number_kinds = their_numbers.number_kinds, false)
        or {{ support_forms_conflict('mine.tokens', 'theirs.tokens') }} as is_apart
    from alike
    inner join worded as mine on alike.record_key = mine.act_key and mine.side = 'record'
    inner join worded as theirs on alike.act_key = theirs.act_key and alike.side = theirs.side
    left join numbers as my_numbers
        on alike.record_key = my_numbers.act_key and my_numbers.side = 'record'
    left join numbers as their_numbers
        on alike.act_key = their_numbers.act_key and alike.side = their_numbers.side

),

links as (

    select
        record_key, side, act_key,
        'instrument' as match_rule,
        1.0 as match_score
    from numbered
    union all
    -- a state act has several interventions
    select
        mine.act_key as record_key,
        'record' as side,
        theirs.act_key,
        'state_act' as match_rule,
        1.0 as match_score
    from acts as mine
    inner join acts as theirs
        on mine.source_id = theirs.source_id and mine.act_id = theirs.act_id
    where mine.act_key <> theirs.act_key
    union all
    -- an act of two parties is listed once per party
    select
        mine.act_key as record_key,
        'record' as side,
        theirs.act_key,
        'twin' as match_rule,
        1.0 as match_score
    from acts as mine
    inner join acts as theirs
        on
            mine.source_id = theirs.source_id
            and lower(mine.title) = lower(theirs.title)
            and mine.announced_date = theirs.announced_date
    where mine.act_key <> theirs.act_key
    union all
    select
        record_key, side, act_key,
        'candidate' as match_rule,
        round(0.5 * title_overlap + 0.3 * target_overlap + 0.2 * (1 - days_apart / 4.0), 4)
    from scored
    where not is_apart

),

ranked as (

    select
        *,
        row_number() over (
            partition by record_key, side, act_key
            order by case match_rule when 'instrument' then 1 when 'candidate' then 3 else 2 end
        ) as place
    from links

)

select
    ranked.record_key, ranked.side, ranked.act_key, ranked.match_rule,
    cast(ranked.match_score as double) as match_score,
    near.days_apart
from ranked
left join near
    on
        ranked.record_key = near.record_key
        and ranked.side = near.side
        and ranked.act_key = near.act_key
where ranked.place = 1
