-- One row per record and act (event of the register, or other record) that may be the same.
with

acts as (

    select
        'event' as side,
        event_id as act_key,
        cast(null as varchar) as source_id,
        cast(null as varchar) as act_id,
        announced_date, effective_date, target_ids,
        measure_type as measure_types,
        cast(null as varchar) as item_labels,
        cast(null as date) as period_start_date,
        cast(null as date) as period_end_date,
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
        target_ids, measure_types, item_labels,
        -- the period for which a day stands: a first of a month may be all that was known
        case
            when announced_precision = 'year' then date_trunc('year', announced_date)
            when day(announced_date) = 1 then date_trunc('month', announced_date)
        end as period_start_date,
        case
            when announced_precision = 'year'
                then cast({{ dbt.dateadd('year', 1, "date_trunc('year', announced_date)") }} as date)
            when day(announced_date) = 1
                then cast({{ dbt.dateadd('month', 1, "date_trunc('month', announced_date)") }} as date)
        end as period_end_date,
        source_rank, title
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

-- by equality of days, so that a long tracker is not compared with itself row by row; a tracker may
-- print the day of effect as that of the announcement, which counts as a day more
near as (

    select
        mine.act_key as record_key,
        theirs.side, theirs.act_key,
        min(abs(offsets.n - 4) + case when mine.date_kind = theirs.date_kind then 0 else 1 end)
            as days_apart
    from dated as mine
    cross join {{ numbers(7) }} as offsets
    inner join dated as theirs
        on
            mine.issuer_id = theirs.issuer_id
            and (mine.date_kind = theirs.date_kind or theirs.side = 'event')
            and theirs.day_date
            = cast({{ dbt.dateadd('day', 'offsets.n - 4', 'mine.day_date') }} as date)
            and mine.act_key <> theirs.act_key
    where mine.side = 'record'
    group by mine.act_key, theirs.side, theirs.act_key

),

-- events of the month or year for which the day of a record stands
of_period as (

    select distinct
        mine.act_key as record_key,
        theirs.side, theirs.act_key
    from acts as mine
    inner join issuers as my_issuers
        on mine.act_key = my_issuers.act_key and my_issuers.side = 'record'
    inner join dated as theirs
        on
            theirs.side = 'event'
            and my_issuers.key_text = theirs.issuer_id
            and theirs.day_date >= mine.period_start_date
            and theirs.day_date < mine.period_end_date
    where mine.side = 'record'

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

-- a record without any item is compared by its words alone
without_item as (

    select
        near.record_key, near.side, near.act_key, near.days_apart
    from near
    inner join worded as mine on near.record_key = mine.act_key and mine.side = 'record'
    inner join worded as theirs on near.act_key = theirs.act_key and near.side = theirs.side
    where
        near.side = 'event'
        and mine.item_labels is null
        and near.days_apart <= 1
        and {{ lists_overlap('mine.measure_types', 'theirs.measure_types') }}
        and {{ token_overlap('mine.tokens', 'theirs.tokens') }} >= 0.5

),

of_period_alike as (

    select
        of_period.record_key, of_period.side, of_period.act_key,
        -- as far apart as a match by days may be
        4 as days_apart
    from of_period
    inner join match_keys as mine
        on of_period.record_key = mine.act_key and mine.side = 'record'
    inner join match_keys as theirs
        on
            of_period.act_key = theirs.act_key
            and theirs.side = 'event'
            and mine.key_kind = theirs.key_kind
            and mine.key_text = theirs.key_text
    inner join worded as my_words on of_period.record_key = my_words.act_key
    inner join worded as their_words on of_period.act_key = their_words.act_key
    where
        mine.key_kind in ('type', 'item')
        -- agreements and support of one year and issuer are many: a period separates controls only
        and their_words.measure_types like 'export%'
        and (
            {{ lists_overlap('my_words.measure_types', 'their_words.measure_types') }}
            or {{ token_overlap('my_words.tokens', 'their_words.tokens') }} >= 0.5
        )
    group by of_period.record_key, of_period.side, of_period.act_key
    having count(distinct mine.key_kind) = 2

),

numbers as (

    select
        side, act_key,
        {{ listagg_distinct("split_part(key_text, '/', 1)", '|') }} as number_kinds
    from match_keys
    where
        key_kind = 'instrument'
        and key_text not like 'gta_intervention/%'
        and key_text not like 'page/%'
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

-- pairs by days before pairs by their period, and what has the same number to compare its words
pairs as (

    select * from alike
    union
    select * from without_item
    union
    select of_period_alike.* from of_period_alike
    where
        not exists (
            select 1 from alike
            where
                alike.record_key = of_period_alike.record_key
                and alike.act_key = of_period_alike.act_key
        )
    union
    select
        numbered.record_key, numbered.side, numbered.act_key,
        coalesce(near.days_apart, 4) as days_apart
    from numbered
    left join near
        on
            numbered.record_key = near.record_key
            and numbered.side = near.side
            and numbered.act_key = near.act_key
    where
        not exists (
            select 1 from alike
            where
                alike.record_key = numbered.record_key
                and alike.side = numbered.side
                and alike.act_key = numbered.act_key
        )

),

scored as (

    select
        pairs.*,
        case
            when
                theirs.side = 'event'
                and theirs.measure_types like 'export%'
                and {{ lists_overlap('mine.measure_types', 'theirs.measure_types') }}
                then 1.0
            else 0.0
        end as same_measure,
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
    from pairs
    inner join worded as mine on pairs.record_key = mine.act_key and mine.side = 'record'
    inner join worded as theirs on pairs.act_key = theirs.act_key and pairs.side = theirs.side
    left join numbers as my_numbers
        on pairs.record_key = my_numbers.act_key and my_numbers.side = 'record'
    left join numbers as their_numbers
        on pairs.act_key = their_numbers.act_key and pairs.side = their_numbers.side

),

weighed as (

    select
        record_key, side, act_key, is_apart,
        least(
            1.0,
            round(
                0.5 * title_overlap + 0.3 * target_overlap + 0.2 * (1 - days_apart / 4.0)
                + 0.1 * same_measure,
                4
            )
        ) as word_score
    from scored

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
        word_score
    from weighed
    where
        not is_apart
        and not exists (
            select 1 from numbered
            where
                numbered.record_key = weighed.record_key
                and numbered.side = weighed.side
                and numbered.act_key = weighed.act_key
        )

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
    -- which of several events of one number it is
    cast(coalesce(weighed.word_score, 0.0) as double) as word_score,
    near.days_apart
from ranked
left join near
    on
        ranked.record_key = near.record_key
        and ranked.side = near.side
        and ranked.act_key = near.act_key
left join weighed
    on
        ranked.record_key = weighed.record_key
        and ranked.side = weighed.side
        and ranked.act_key = weighed.act_key
where ranked.place = 1
