with

product_items as (

    select * from {{ ref('int_reference__product_items') }}

)

select
    cast(nomenclature as varchar) as nomenclature,
    cast(product_code as varchar) as product_code,
    cast(item_kind as varchar) as item_kind,
    cast(item_id as varchar) as item_id,
    cast(stage_id as varchar) as stage_id,
    cast(form as varchar) as form,
    -- what else a basket holds is unknown at six digits: the bounds say so instead of a guess
    cast(case when exclusivity = 'exclusive' then 1.0 else 0.0 end as double)
        as material_value_share_low,
    cast(1.0 as double) as material_value_share_high,
    cast(
        case when exclusivity = 'exclusive' then content_factor else 0.0 * content_factor end
        as double
    ) as content_factor_low,
    cast(content_factor as double) as content_factor_high,
    cast(content_basis as varchar) as content_basis,
    cast(exclusivity <> 'exclusive' as boolean) as is_basket,
    cast(exclusivity as varchar) as exclusivity,
    cast(confidence as varchar) as confidence,
    cast(1 as integer) as version,
    cast('hs_items' as varchar) as source_id,
    cast(note as varchar) as note
from product_items
order by
    nomenclature nulls last,
    product_code nulls last,
    item_kind nulls last,
    item_id nulls last,
    stage_id nulls last
