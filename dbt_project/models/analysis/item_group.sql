with

dependency as (

    select * from {{ ref('partner_dependency').include(database=false) }}
    where period_type = 'A' and item_kind in ('material', 'good')

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

rows_shown as (

    select
        entity_id, netting, membership_variant, item_kind, stage_id, year, product_codes, own_id,
        min(item_id) as first_item_id,
        string_agg(item_id, '|' order by item_id) as item_ids,
        string_agg(item_name, ', ' order by item_id) as item
    from named
    group by
        entity_id, netting, membership_variant, item_kind, stage_id, year, product_codes, own_id

)

select
    named.entity_id, named.netting, named.membership_variant, named.item_kind, named.item_id,
    named.stage_id, named.year, named.stage_name, named.is_basket,
    rows_shown.item_ids, rows_shown.item,
    named.item_id = rows_shown.first_item_id as is_first
from named
inner join rows_shown
    on
        named.entity_id = rows_shown.entity_id
        and named.netting = rows_shown.netting
        and named.membership_variant = rows_shown.membership_variant
        and named.item_kind = rows_shown.item_kind
        and named.stage_id = rows_shown.stage_id
        and named.year = rows_shown.year
        and named.product_codes = rows_shown.product_codes
        and named.own_id = rows_shown.own_id
