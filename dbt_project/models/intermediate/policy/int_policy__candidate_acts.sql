-- One row per act of a document, with the event of the register that seems to be the same act: of
-- one kind, one change and a shared party within three days.
with

acts as (

    select
        *,
        document_id || '/' || cast(act_number as varchar) as act_key
    from {{ ref('stg_policy_news__acts') }}

),

events as (

    select * from {{ ref('stg_registers__policy_register') }}

),

types as (

    select * from {{ ref('stg_reference__policy_measure_types') }}

),

-- the preamble and the summit of a declaration are acts of their own
pact_words as (

    select
        events.event_id, words.word,
        row_number() over (
            partition by events.event_id
            order by strpos(lower(events.title), words.word)
        ) as place
    from events
    inner join (
        select 'preamble' as word
        union all
        select 'declaration' as word
        union all
        select 'summit' as word
        union all
        select 'statement' as word
        union all
        select 'memorandum' as word
        union all
        select 'agreement' as word
    ) as words on strpos(lower(events.title), words.word) > 0
    where events.measure_type = 'agreement'

),

described_events as (

    select
        events.*,
        coalesce(pact_words.word, 'agreement') as instrument,
        {{ event_change('events.relation_to_parent', 'events.measure_type', 'events.direction') }}
            as change
    from events
    left join pact_words on events.event_id = pact_words.event_id and pact_words.place = 1

),

parties as (

    {{ split_list('acts', ['act_key'], 'party_ids', 'country_id', max_parts=40) }}

),

issuers as (

    {{ split_list('events', ['event_id'], 'issuer_ids', 'country_id') }}

),

typed_acts as (

    select
        acts.act_key,
        coalesce(acts.act_date, acts.effective_date) as day_date,
        acts.effective_date, acts.date_precision, acts.party_ids, acts.item_labels, types.type_group,
        acts.instrument, acts.change
    from acts
    inner join {{ ref('stg_reference__policy_measure_labels') }} as labels
        on labels.label_system = 'policy_news' and acts.instrument = labels.label
    inner join types on labels.measure_type = types.measure_type

),

pairs as (

    select
        typed_acts.act_key, events.event_id,
        count(distinct parties.country_id) as n_shared,
        min(
            least(
                abs({{ dbt.datediff('typed_acts.day_date', 'events.announced_date', 'day') }}),
                coalesce(
                    abs({{ dbt.datediff(
                        'coalesce(typed_acts.effective_date, typed_acts.day_date)',
                        'events.effective_date',
                        'day'
                    ) }}),
                    99999
                )
            )
        ) as days_apart,
        max(
            case
                when {{ lists_overlap('typed_acts.item_labels', 'events.item_labels') }} then 1 else 0
            end
        ) as n_items
    from typed_acts
    -- a suspension has one type, whatever it suspends
    inner join types
        on
            typed_acts.type_group = types.type_group
            or (types.measure_type = 'suspension' and typed_acts.change is not null)
    inner join described_events as events
        on
            types.measure_type = events.measure_type
            and {{ changes_agree('typed_acts.change', 'events.change') }}
            and (
                typed_acts.instrument = events.instrument
                or (
                    typed_acts.instrument not in ('preamble', 'summit')
                    and events.instrument not in ('preamble', 'summit')
                )
            )
    inner join parties on typed_acts.act_key = parties.act_key
    inner join issuers
        on events.event_id = issuers.event_id and parties.country_id = issuers.country_id
    where typed_acts.date_precision = 'day' or typed_acts.effective_date is not null
    group by typed_acts.act_key, events.event_id

),

nearest as (

    select
        act_key, event_id,
        row_number() over (
            partition by act_key order by n_items desc, days_apart, n_shared desc, event_id
        ) as place
    from pairs
    where days_apart <= 3

)

select
    acts.*,
    labels.measure_type,
    nearest.event_id as matched_event_id,
    {{ list_without('events.issuer_ids', 'acts.party_ids') }} as parties_only_in_register,
    case
        when nearest.event_id is not null
            then {{ list_without('acts.party_ids', 'events.issuer_ids') }}
    end as parties_only_in_text
from acts
left join {{ ref('stg_reference__policy_measure_labels') }} as labels
    on labels.label_system = 'policy_news' and acts.instrument = labels.label
left join nearest on acts.act_key = nearest.act_key and nearest.place = 1
left join events on nearest.event_id = events.event_id
