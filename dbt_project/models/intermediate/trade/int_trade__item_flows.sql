-- One row per source, edition, importer, exporter, item, period and basis. A code that stands for
-- several materials repeats its value under each of them: never sum across items.
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
        nomenclature,
        item_kind,
        item_id,
        stage_id
    from item_products
    group by nomenclature, item_kind, item_id, stage_id
    having count(*) = 1

),

priced as (

    select
        flows.source_id,
        flows.edition,
        flows.importer_id,
        flows.exporter_id,
        items.item_kind,
        items.item_id,
        items.stage_id,
        flows.nomenclature,
        flows.period_type,
        flows.period_start_date,
        flows.period_end_date,
        cast(flows.year as integer) as year,
        flows.flow_basis,
        flows.denominator_scope,
        flows.product_code,
        -- whole dollars: sums of integers are the same in any order of the rows
        round(flows.value_usd) as value_usd,
        round(flows.value_usd * items.value_share_low) as value_low_usd,
        round(flows.value_usd * items.value_share_high) as value_high_usd,
        case
            when items.is_basket then round(flows.value_usd)
            when not items.is_basket then 0.0
        end as basket_value_usd,
        round(flows.net_weight_kg) as net_weight_kg,
        case
            when flows.net_weight_kg is null then 0.0 else round(flows.value_usd)
        end as weighed_value_usd,
        flows.is_truncated,
        flows.is_complete,
        flows.importer_id = flows.exporter_id as is_reimport,
        flows.lineage_id,
        single_codes.item_id is not null as is_single_code
    from flows
    inner join item_products as items
        on
            flows.nomenclature = items.nomenclature
            and flows.product_code = items.product_code
    left join single_codes
        on
            items.nomenclature = single_codes.nomenclature
            and items.item_kind = single_codes.item_kind
            and items.item_id = single_codes.item_id
            and items.stage_id = single_codes.stage_id

)

select
    source_id,
    edition,
    importer_id,
    exporter_id,
    item_kind,
    item_id,
    stage_id,
    nomenclature,
    period_type,
    period_start_date,
    period_end_date,
    year,
    flow_basis,
    denominator_scope,
    value_usd,
    value_low_usd,
    value_high_usd,
    basket_value_usd,
    net_weight_kg,
    weighed_value_usd,
    cast(1 as integer) as n_products,
    product_code as product_codes,
    is_truncated,
    is_complete,
    is_reimport,
    lineage_id
from priced
where is_single_code

union all

select
    source_id,
    edition,
    importer_id,
    exporter_id,
    item_kind,
    item_id,
    stage_id,
    nomenclature,
    period_type,
    period_start_date,
    period_end_date,
    year,
    flow_basis,
    denominator_scope,
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
    source_id,
    edition,
    importer_id,
    exporter_id,
    item_kind,
    item_id,
    stage_id,
    nomenclature,
    period_type,
    period_start_date,
    period_end_date,
    year,
    flow_basis,
    denominator_scope,
    is_reimport
