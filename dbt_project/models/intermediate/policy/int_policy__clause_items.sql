with

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

item_labels as (

    select * from {{ ref('stg_reference__item_labels') }}

),

labels as (

    {{ split_list('clauses', ['clause_id', 'known_from_date'], 'item_labels', 'item_label') }}

)

select
    labels.clause_id, labels.item_label, item_labels.item_kind, item_labels.item_id,
    labels.known_from_date
from labels
left join item_labels on labels.item_label = item_labels.label
