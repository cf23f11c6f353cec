-- One row per nomenclature and product code: the code under which the same goods are compared over
-- revisions of the HS, the code of HS2017 where the concordance has one. A code that a revision split
-- off for an item of its own (811231 for hafnium out of 811292) stays by itself: the code that it came
-- from does not measure that item. An older code into which the trade of one of HS2017 is converted
-- stands for it, be it wider (810510, of which 810520 is most) or narrower (252890: since HS2012
-- knows 252800 alone, all borates are converted into it). As a series of its own it would count the
-- same goods twice, or be missed beside itself.
{{ config(tags=['spark']) }}

with

traded as (

    select distinct
        nomenclature, product_code
    from {{ ref('int_trade__import_flows') }}

),

mapped as (

    select distinct
        nomenclature, product_code
    from {{ ref('int_reference__product_items') }}

),

codes as (

    select * from traded
    union
    select * from mapped

),

conversions as (

    select * from {{ ref('stg_un_hs__conversions') }} where to_nomenclature = 'HS2017'

),

items as (

    select * from {{ ref('int_reference__product_items') }}

),

separate_items as (

    select * from items where exclusivity <> 'basket'

),

-- the older code under which the trade of one code of HS2017 is found, of the same item; of several
-- each is a part
predecessors as (

    select
        backward.to_nomenclature as nomenclature,
        backward.to_code as product_code,
        min(backward.from_code) as series_code
    from {{ ref('stg_un_hs__conversions') }} as backward
    inner join separate_items as older
        on
            backward.to_nomenclature = older.nomenclature
            and backward.to_code = older.product_code
    inner join separate_items as newer
        on
            backward.from_nomenclature = newer.nomenclature
            and backward.from_code = newer.product_code
            and older.item_kind = newer.item_kind
            and older.item_id = newer.item_id
            and older.stage_id = newer.stage_id
    where backward.from_nomenclature = 'HS2017'
    group by backward.to_nomenclature, backward.to_code
    having count(distinct backward.from_code) = 1

),

split_off as (

    select distinct
        items.nomenclature, items.product_code
    from items
    inner join conversions
        on
            items.nomenclature = conversions.from_nomenclature
            and items.product_code = conversions.from_code
    anti join items as of_origin
        on
            conversions.to_nomenclature = of_origin.nomenclature
            and conversions.to_code = of_origin.product_code
            and items.item_kind = of_origin.item_kind
            and items.item_id = of_origin.item_id
            and items.stage_id = of_origin.stage_id

)

select
    codes.nomenclature, codes.product_code,
    min(case
        when split_off.product_code is not null then codes.product_code
        else coalesce(conversions.to_code, predecessors.series_code, codes.product_code)
    end) as series_code
from codes
left join split_off
    using (nomenclature, product_code)
left join predecessors
    using (nomenclature, product_code)
left join conversions
    on
        codes.nomenclature = conversions.from_nomenclature
        and codes.product_code = conversions.from_code
group by codes.nomenclature, codes.product_code
