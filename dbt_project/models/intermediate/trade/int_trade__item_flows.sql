-- One row per importer, exporter, item and period: what the importer buys of the item, each code from
-- the source that is chosen for it. A code that stands for several materials repeats its value under
-- each of them: never sum across items. Where the importer's national lines separate the item, the
-- value is that part of the code. Codes on one basis are added as they are; where the item has
-- several, all are brought to free on board.
with

flows as (

    select * from {{ ref('int_trade__measured_flows') }}

),

item_products as (

    select * from {{ ref('int_dependency__item_products') }}

),

item_measurements as (

    select * from {{ ref('int_trade__item_measurements') }}

),

factors as (

    select * from {{ ref('stg_reference__basis_factors') }}

),

-- the composition that the importer's own lines show holds whichever source measures the code
line_shares as (

    select * from {{ ref('int_trade__line_shares') }}
    qualify row_number() over (
        partition by
            importer_id, exporter_id, nomenclature, product_code, item_id, period_type,
            period_start_date
        order by known_from_date desc, edition desc, source_id
    ) = 1

),

valued as (

    select
        flows.*,
        items.item_kind, items.item_id, items.stage_id, items.is_basket,
        line_shares.share_low as line_share_low,
        line_shares.share_high as line_share_high,
        -- of a supplier that the lines do not show the share is the importer's usual one
        coalesce(line_shares.share_point, own.share_point, 1.0) as share_point,
        coalesce(line_shares.share_low, least(items.value_share_low, own.share_point), items.value_share_low)
            as share_low,
        coalesce(
            line_shares.share_high, greatest(items.value_share_high, own.share_point),
            items.value_share_high
        ) as share_high
    from flows
    inner join item_products as items
        on
            flows.nomenclature = items.nomenclature
            and flows.product_code = items.product_code
    left join line_shares as own
        on
            flows.importer_id = own.importer_id
            and 'ALL' = own.exporter_id
            and flows.nomenclature = own.nomenclature
            and flows.product_code = own.product_code
            and flows.period_type = own.period_type
            and flows.period_start_date = own.period_start_date
            and case when items.is_basket then items.item_id end = own.item_id
    left join line_shares
        on
            flows.importer_id = line_shares.importer_id
            and flows.exporter_id = line_shares.exporter_id
            and flows.nomenclature = line_shares.nomenclature
            and flows.product_code = line_shares.product_code
            and flows.period_type = line_shares.period_type
            and flows.period_start_date = line_shares.period_start_date
            -- only equalities: a condition on one side alone makes a nested loop of the join
            and case when items.is_basket then items.item_id end = line_shares.item_id
    -- no line of this flow can be the item
    where line_shares.share_high is null or line_shares.share_high > 0

),

priced as (

    select
        valued.importer_id, valued.exporter_id, valued.item_kind, valued.item_id, valued.stage_id,
        valued.period_type, valued.period_start_date, valued.is_reimport,
        groups.is_mixed_basis,
        case when groups.is_mixed_basis then factors.to_fob_point else 1.0 end as factor,
        case when groups.is_mixed_basis then factors.to_fob_low else 1.0 end as factor_low,
        case when groups.is_mixed_basis then factors.to_fob_high else 1.0 end as factor_high,
        valued.value_usd * valued.share_point as value_usd,
        coalesce(valued.value_low_usd, valued.value_usd) * valued.share_low as value_low_usd,
        coalesce(valued.value_high_usd, valued.value_usd) * valued.share_high as value_high_usd,
        case
            when not valued.is_basket or valued.line_share_low = valued.line_share_high then 0.0
            when valued.is_basket then valued.value_usd * valued.share_point
        end as basket_value_usd,
        -- the weight is that of the whole product
        case when valued.share_point = 1.0 then round(valued.net_weight_kg) end as net_weight_kg,
        case
            when valued.net_weight_kg is null or valued.share_point < 1.0 then 0.0
            else valued.value_usd
        end as weighed_value_usd
    from valued
    inner join item_measurements as groups
        using (importer_id, item_kind, item_id, stage_id, period_type, period_start_date)
    inner join factors
        on valued.flow_basis = factors.flow_basis

)

select
    importer_id, exporter_id, item_kind, item_id, stage_id, period_type, period_start_date,
    -- whole dollars: sums of integers are the same in any order of the rows
    sum(round(value_usd * factor)) as value_usd,
    sum(round(value_low_usd * factor_low)) as value_low_usd,
    sum(round(value_high_usd * factor_high)) as value_high_usd,
    sum(round(basket_value_usd * factor)) as basket_value_usd,
    case when count(net_weight_kg) = count(*) then sum(net_weight_kg) end as net_weight_kg,
    sum(round(weighed_value_usd * factor)) as weighed_value_usd,
    is_reimport
from priced
group by
    importer_id, exporter_id, item_kind, item_id, stage_id, period_type, period_start_date,
    is_reimport
