-- One row per source, edition, importer, exporter, item, period and basis. A code that stands for
-- several materials repeats its value under each of them: never sum across items. Where the source
-- has national lines that separate the item, the value is that of the lines.
with

flows as (

    select * from {{ ref('int_trade__import_flows') }}

),

item_products as (

    select * from {{ ref('int_dependency__item_products') }}

),

-- most items are one code in one source: only the others need adding up
single_codes as (

    select
        item_kind, item_id, stage_id
    from item_products
    group by item_kind, item_id, stage_id
    having count(distinct product_code) = 1

),

line_shares as (

    select * from {{ ref('int_trade__line_shares') }} where exporter_id <> 'ALL'

),

valued as (

    select
        flows.*,
        items.item_kind, items.item_id, items.stage_id, items.is_basket, items.value_share_low,
        items.value_share_high,
        line_shares.share_low as line_share_low,
        line_shares.share_point as line_share_point,
        line_shares.share_high as line_share_high
    from flows
    inner join item_products as items
        on
            flows.nomenclature = items.nomenclature
            and flows.product_code = items.product_code
    left join line_shares
        on
            flows.source_id = line_shares.source_id
            and flows.edition = line_shares.edition
            and flows.importer_id = line_shares.importer_id
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
        valued.source_id, valued.edition, valued.importer_id, valued.exporter_id, valued.item_kind,
        valued.item_id, valued.stage_id, valued.nomenclature, valued.period_type,
        valued.period_start_date, valued.period_end_date,
        cast(valued.year as integer) as year,
        valued.flow_basis, valued.denominator_scope, valued.product_code,
        -- whole dollars: sums of integers are the same in any order of the rows
        round(valued.value_usd * coalesce(valued.line_share_point, 1.0)) as value_usd,
        round(
            coalesce(valued.value_low_usd, valued.value_usd)
            * coalesce(valued.line_share_low, valued.value_share_low)
        ) as value_low_usd,
        round(
            coalesce(valued.value_high_usd, valued.value_usd)
            * coalesce(valued.line_share_high, valued.value_share_high)
        ) as value_high_usd,
        case
            when not valued.is_basket or valued.line_share_low = valued.line_share_high then 0.0
            when valued.is_basket then round(valued.value_usd * coalesce(valued.line_share_point, 1.0))
        end as basket_value_usd,
        -- the weight is that of the whole product
        case
            when valued.line_share_low is null or valued.line_share_low = 1.0
                then round(valued.net_weight_kg)
        end as net_weight_kg,
        case
            when
                valued.net_weight_kg is null
                or valued.line_share_low is not null and valued.line_share_low < 1.0
                then 0.0
            else round(valued.value_usd)
        end as weighed_value_usd,
        valued.is_truncated, valued.is_complete,
        valued.importer_id = valued.exporter_id as is_reimport,
        valued.lineage_id,
        single_codes.item_id is not null as is_single_code
    from valued
    left join single_codes
        on
            valued.item_kind = single_codes.item_kind
            and valued.item_id = single_codes.item_id
            and valued.stage_id = single_codes.stage_id

)

select
    source_id, edition, importer_id, exporter_id, item_kind, item_id, stage_id, nomenclature,
    period_type, period_start_date, period_end_date, year, flow_basis, denominator_scope, value_usd,
    value_low_usd, value_high_usd, basket_value_usd, net_weight_kg, weighed_value_usd,
    cast(1 as integer) as n_products,
    product_code as product_codes,
    is_truncated, is_complete, is_reimport, lineage_id
from priced
where is_single_code

union all

select
    source_id, edition, importer_id, exporter_id, item_kind, item_id, stage_id,
    max(nomenclature) as nomenclature,
    period_type, period_start_date, period_end_date, year, flow_basis, denominator_scope,
    sum(value_usd) as value_usd,
    sum(value_low_usd) as value_low_usd,
    sum(value_high_usd) as value_high_usd,
    sum(basket_value_usd) as basket_value_usd,
    case when count(net_weight_kg) = count(*) then sum(net_weight_kg) end as net_weight_kg,
    sum(weighed_value_usd) as weighed_value_usd,
    cast(count(*) as integer) as n_products,
    string_agg(product_code, '|' order by product_code) as product_codes,
    bool_or(is_truncated) as is_truncated,
    bool_and(is_complete) as is_complete,
    is_reimport,
    min(lineage_id) as lineage_id
from priced
where not is_single_code
group by
    source_id, edition, importer_id, exporter_id, item_kind, item_id, stage_id, period_type,
    period_start_date, period_end_date, year, flow_basis, denominator_scope, is_reimport
