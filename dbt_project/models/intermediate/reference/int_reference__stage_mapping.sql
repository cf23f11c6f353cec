with

labels as (

    select * from {{ ref('stg_reference__stage_labels') }}

),

items as (

    select distinct
        item_kind, item_id
    from {{ ref('stg_reference__hs_items') }}
    union
    select
        'material' as item_kind,
        material_id as item_id
    from {{ ref('stg_reference__minerals') }}
    union
    select
        'good' as item_kind,
        good_id as item_id
    from {{ ref('stg_reference__goods') }}

),

-- a decision limited to an item wins over the one for any item
candidates as (

    select
        labels.source_id, labels.label, items.item_id, labels.part_number, labels.stage_id,
        row_number() over (
            partition by labels.source_id, labels.label, items.item_id, labels.part_number
            order by case when labels.item_id = '' then 2 else 1 end
        ) as place
    from labels
    inner join items on labels.item_id = '' or labels.item_id = items.item_id

)

select
    source_id, label, item_id, part_number, stage_id
from candidates
where place = 1
