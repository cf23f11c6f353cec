with

goods as (

    select * from {{ ref('stg_reference__goods') }}

),

stage_of_label as (

    select * from {{ ref('int_reference__stage_mapping') }}
    where source_id = 'goods'

)

select
    goods.good_id, goods.good_name, stage_of_label.stage_id
from goods
left join stage_of_label
    on
        goods.good_id = stage_of_label.item_id
        and goods.stage_label = stage_of_label.label
