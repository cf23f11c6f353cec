-- One row per act (of the register or of a source), kind of key and key: who acts, what kind of
-- measure it is, on what, and the numbers of its instrument.
with

events as (

    select * from {{ ref('stg_registers__policy_register') }}

),

records as (

    select * from {{ ref('int_policy__source_records') }}

),

products as (

    select * from {{ ref('int_policy__source_products') }}
    where code_status <> 'quarantined'

),

acts as (

    select
        'event' as side,
        events.event_id as act_key,
        events.issuer_ids,
        types.type_group as type_groups,
        events.item_labels,
        -- what the register cites is as good as a number
        concat_ws('|', events.instrument_ref, events.source_url) as instrument_refs,
        events.source_url,
        cast(null as varchar) as title
    from events
    left join {{ ref('stg_reference__policy_measure_types') }} as types
        on events.measure_type = types.measure_type
    union all
    select
        'record' as side,
        record_key as act_key,
        issuer_ids, type_groups, item_labels,
        concat_ws('|', instrument_refs, source_url) as instrument_refs,
        source_url,
        -- a title about another act has the number of that act
        case
            when
                not regexp_matches(
                    title,
                    '(?i)suspen|amend|exten[ds]|revok|repeal|implement|pursuant|withdraw|correct|under '
                )
                then title
        end as title
    from records

),

issuers as (

    {{ split_list('acts', ['side', 'act_key'], 'issuer_ids', 'key_text', max_parts=80) }}

),

type_groups as (

    {{ split_list('acts', ['side', 'act_key'], 'type_groups', 'key_text') }}

),

labels as (

    {{ split_list('acts', ['side', 'act_key'], 'item_labels', 'label', max_parts=40) }}

),

-- codes show the subject of a measure only where it has few of them
few_products as (

    select record_key
    from products
    group by record_key
    having count(*) <= 60

),

items as (

    select
        labels.side, labels.act_key,
        coalesce(item_labels.item_id, labels.label) as item_id
    from labels
    left join {{ ref('stg_reference__item_labels') }} as item_labels
        on labels.label = item_labels.label
    union
    select
        'record' as side,
        products.record_key as act_key,
        hs_items.item_id
    from products
    inner join few_products on products.record_key = few_products.record_key
    inner join {{ ref('stg_reference__hs_items') }} as hs_items
        on products.product_code = hs_items.hs6 and hs_items.exclusivity <> 'basket'

),

-- an element matches its group: cerium is one of the rare earths
families as (

    select
        items.side, items.act_key,
        coalesce(minerals.parent_material_id, items.item_id) as key_text
    from items
    left join {{ ref('stg_reference__minerals') }} as minerals
        on items.item_id = minerals.material_id

),

refs as (

    {{ split_list('acts', ['side', 'act_key'], 'instrument_refs', 'reference') }}
    union all
    select
        side, act_key,
        0 as part_number,
        title as reference
    from acts
    where title is not null

),

instruments as (

    {{ instrument_numbers('refs', ['side', 'act_key']) }}
    union all
    -- the page of an act names it as a number does
    select
        side, act_key,
        {{ page_key('source_url') }} as key_text
    from acts
    where {{ page_key('source_url') }} is not null

)

select distinct side, act_key, 'issuer' as key_kind, key_text from issuers
union all
select distinct side, act_key, 'type' as key_kind, key_text from type_groups
union all
select distinct side, act_key, 'item' as key_kind, key_text from families
union all
select distinct side, act_key, 'instrument' as key_kind, key_text from instruments
