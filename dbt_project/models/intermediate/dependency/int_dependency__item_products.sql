-- One row per nomenclature, product code and item: what a product counts as. Every traded code is
-- an item of its own; the bridge adds the materials and goods that it stands for.
{{ config(tags=['spark']) }}

with

import_flows as (

    select * from {{ ref('int_trade__import_flows') }}

),

reconciled as (

    select * from {{ ref('fct_trade_reconciled') }}

),

bridge as (

    select * from {{ ref('bridge_product_material') }}

),

traded_codes as (

    select
        nomenclature, product_code
    from import_flows
    union
    select
        nomenclature, product_code
    from reconciled

),

bounded as (

    select
        nomenclature, product_code, item_kind, item_id, stage_id,
        bool_or(is_basket) as is_basket,
        -- an exclusive code is the item; a basket without evidence holds anything from none to all
        min(case
            when not is_basket then 1.0
            else coalesce(material_value_share_low, 0.0)
        end) as value_share_low,
        max(case
            when not is_basket then 1.0
            else coalesce(material_value_share_high, 1.0)
        end) as value_share_high
    from bridge
    group by nomenclature, product_code, item_kind, item_id, stage_id

),

whole_lines as (

    select distinct
        item_id,
        product_hs2022 as product_code,
        true as has_lines
    from {{ ref('stg_reference__national_code_items') }}
    where holding = 'whole' and item_id <> 'none'

),

-- a basket of which nothing is known to be the item says nothing beside codes that are the item,
-- unless some country's lines are the item: then it is a part that is known to be traded
mapped as (

    select bounded.*
    from bounded
    left join whole_lines
        using (item_id, product_code)
    qualify
        not bounded.is_basket
        or bounded.value_share_low > 0
        or bounded.value_share_high < 1
        or whole_lines.has_lines
        or bool_and(bounded.is_basket) over (
            partition by
                bounded.nomenclature, bounded.item_kind, bounded.item_id, bounded.stage_id
        )

),

basket_codes as (

    select
        nomenclature, product_code,
        bool_or(is_basket) as is_basket
    from mapped
    group by nomenclature, product_code

)

select
    nomenclature, product_code, item_kind, item_id, stage_id, is_basket,
    cast(value_share_low as double) as value_share_low,
    cast(value_share_high as double) as value_share_high
from mapped

union all

select
    codes.nomenclature, codes.product_code,
    'product' as item_kind,
    codes.product_code as item_id,
    'product' as stage_id,
    basket_codes.is_basket,
    cast(1.0 as double) as value_share_low,
    cast(1.0 as double) as value_share_high
from traded_codes as codes
left join basket_codes
    on
        codes.nomenclature = basket_codes.nomenclature
        and codes.product_code = basket_codes.product_code
