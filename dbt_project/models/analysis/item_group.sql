with

dependency as (

    select * from {{ ref('partner_dependency').include(database=false) }}
    where period_type = 'A' and item_kind in ('material', 'good') and product_codes is not null

),

named as (

    select
        dependency.entity_id, dependency.netting, dependency.membership_variant,
        dependency.item_kind, dependency.item_id, dependency.stage_id, dependency.year,
        dependency.product_codes, items.item_name, stages.stage_name,
        coalesce(dependency.basket_share, 0) > 0 as is_basket,
        -- what shares the codes of a basket has the same imports: one row for all of them
        case when coalesce(dependency.basket_share, 0) > 0 then '' else dependency.item_id end
            as own_id
    from dependency
    inner join {{ ref('dim_item').include(database=false) }} as items
        on dependency.item_kind = items.item_kind and dependency.item_id = items.item_id
    inner join {{ ref('dim_stage').include(database=false) }} as stages
        on dependency.stage_id = stages.stage_id

),

-- grouped and joined, since texts gathered in a window cost a second of each query of a view
codes as (

    select
        entity_id, netting, membership_variant, item_kind, stage_id, year, product_codes, own_id,
        string_agg(item_id, '|' order by item_id) as item_ids,
        string_agg(item_name, ', ' order by item_id) as item,
        min(item_id) as first_item_id
    from named
    group by all

)

select
    entity_id, netting, membership_variant, item_kind, named.item_id, stage_id, year,
    named.stage_name, named.is_basket, codes.item_ids, codes.item,
    named.item_id = codes.first_item_id as is_first
from named
inner join
    codes
    using (
        entity_id, netting, membership_variant, item_kind, stage_id, year, product_codes, own_id
    )
