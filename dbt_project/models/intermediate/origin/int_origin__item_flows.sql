-- One row per exporter, importer, item and year of the last years of reconciled trade, in tonnes and
-- dollars: every country with every other. A flow without a weight has the world's unit value of its
-- code and year.
-- noqa: disable=LT02
with

items as (

    select * from {{ ref('int_origin__items') }}

),

item_codes as (

    select
        nomenclature, item_kind, item_id, stage_id, product_code
    from {{ ref('int_dependency__item_products') }}
    where item_kind = 'product' or not is_basket

),

flows as (

    select
        nomenclature, product_code, year, exporter_id, importer_id, value_usd, net_weight_kg,
        sum(case when net_weight_kg > 0 then value_usd end) over by_code
            / nullif(sum(case when value_usd > 0 then net_weight_kg end) over by_code, 0)
            as usd_per_kg
    from {{ ref('int_origin__code_flows') }}
    window by_code as (partition by nomenclature, product_code, year)

)

select
    items.item_kind, items.item_id, items.stage_id, items.year, flows.exporter_id,
    flows.importer_id,
    -- whole grams and dollars: sums of integers are the same in any order of the rows
    sum(round(coalesce(flows.net_weight_kg, flows.value_usd / flows.usd_per_kg) * 1000)) / 1e6
        as weight_t,
    sum(
        case
            when flows.net_weight_kg is null
                then round(flows.value_usd / flows.usd_per_kg * 1000)
            else 0
        end
    ) / 1e6 as imputed_t,
    sum(round(flows.value_usd)) as value_usd
from items
inner join item_codes
    on
        items.nomenclature = item_codes.nomenclature
        and items.item_kind = item_codes.item_kind
        and items.item_id = item_codes.item_id
        and items.stage_id = item_codes.stage_id
inner join flows
    on
        item_codes.nomenclature = flows.nomenclature
        and item_codes.product_code = flows.product_code
        and items.year = flows.year
group by
    items.item_kind, items.item_id, items.stage_id, items.year, flows.exporter_id,
    flows.importer_id
