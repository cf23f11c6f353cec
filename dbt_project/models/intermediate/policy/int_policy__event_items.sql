with

events as (

    select * from {{ ref('stg_registers__policy_register') }}

),

item_labels as (

    select * from {{ ref('stg_reference__item_labels') }}

),

labels as (

    {{ split_list('events', ['event_id', 'known_from_date'], 'item_labels', 'item_label') }}

)

select
    labels.event_id, labels.item_label, item_labels.item_kind, item_labels.item_id,
    labels.known_from_date
from labels
left join item_labels on labels.item_label = item_labels.label
