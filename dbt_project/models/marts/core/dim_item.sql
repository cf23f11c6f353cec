with

materials as (

    select * from {{ ref('int_reference__materials') }}

),

goods as (

    select * from {{ ref('int_reference__goods') }}

),

products as (

    select * from {{ ref('int_reference__products') }}

),

product_items as (

    select * from {{ ref('int_reference__product_items') }}

),

-- a code keeps its number over the revisions: the newest text names it
newest_texts as (

    select
        product_code, description,
        row_number() over (
            partition by product_code
            order by
                case when description is null then 1 else 0 end,
                valid_from desc nulls last,
                nomenclature desc
        ) as text_number
    from products

),

baskets as (

    select
        product_code,
        bool_or(exclusivity <> 'exclusive') as is_basket
    from product_items
    group by product_code

),

items as (

    select
        'material' as item_kind,
        material_id as item_id,
        material_name as item_name,
        headline_stage_id as stage_id,
        material_group as item_group,
        parent_material_id as parent_item_id,
        cast(null as boolean) as is_basket
    from materials

    union all

    select
        'good' as item_kind,
        good_id as item_id,
        good_name as item_name,
        stage_id,
        cast(null as varchar) as item_group,
        cast(null as varchar) as parent_item_id,
        cast(null as boolean) as is_basket
    from goods

    union all

    select
        'product' as item_kind,
        texts.product_code as item_id,
        texts.description as item_name,
        cast(null as varchar) as stage_id,
        left(texts.product_code, 2) as item_group,
        cast(null as varchar) as parent_item_id,
        baskets.is_basket
    from newest_texts as texts
    left join baskets
        on texts.product_code = baskets.product_code
    where texts.text_number = 1

)

select
    cast(item_kind as varchar) as item_kind,
    cast(item_id as varchar) as item_id,
    cast(item_name as varchar) as item_name,
    cast(stage_id as varchar) as stage_id,
    cast(item_group as varchar) as item_group,
    cast(parent_item_id as varchar) as parent_item_id,
    cast(is_basket as boolean) as is_basket
from items
order by item_kind nulls last, item_id nulls last
