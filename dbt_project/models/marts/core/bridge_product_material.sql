with

product_items as (

    select * from {{ ref('int_reference__product_items') }}

),

-- one or two importers show nothing about the others
evidence as (

    select * from {{ ref('int_trade__share_evidence') }} where n_importers >= 3

)

select
    cast(product_items.nomenclature as varchar) as nomenclature,
    cast(product_items.product_code as varchar) as product_code,
    cast(item_kind as varchar) as item_kind,
    cast(product_items.item_id as varchar) as item_id,
    cast(stage_id as varchar) as stage_id,
    cast(form as varchar) as form,
    -- what else a basket holds is unknown at six digits: the bounds are what national lines of
    -- several importers show, else none to all of it
    cast(
        case when exclusivity = 'exclusive' then 1.0 else coalesce(evidence.share_low, 0.0) end
        as double
    ) as material_value_share_low,
    cast(
        case when exclusivity = 'exclusive' then 1.0 else coalesce(evidence.share_high, 1.0) end
        as double
    ) as material_value_share_high,
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
    cast(note as varchar) as note,
    cast(
        case
            when exclusivity = 'exclusive' then 'only_item'
            when evidence.item_id is not null then 'national_lines'
            else 'unknown'
        end as varchar
    ) as share_basis,
    cast(case when exclusivity <> 'exclusive' then evidence.n_importers end as integer)
        as n_share_importers,
    cast(case when exclusivity <> 'exclusive' then evidence.share_lineage_id end as varchar)
        as share_lineage_id,
    cast(case when exclusivity <> 'exclusive' then evidence.share_known_from_date end as date)
        as share_known_from_date
from product_items
left join evidence
    on
        product_items.nomenclature = evidence.nomenclature
        and product_items.product_code = evidence.product_code
        and product_items.item_id = evidence.item_id
order by
    product_items.nomenclature nulls last,
    product_items.product_code nulls last,
    item_kind nulls last,
    product_items.item_id nulls last,
    stage_id nulls last
