-- One row per importer, material, stage and year: what the flows that are chosen for its codes lack.
with

flows as (

    select * from {{ ref('int_trade__measured_flows') }}
    where importer_id <> 'ROW' and not is_reimport

),

bridge as (

    select * from {{ ref('bridge_product_material') }}
    where item_kind = 'material'

),

measured as (

    select
        flows.importer_id, bridge.item_id as material_id, bridge.stage_id, flows.year,
        {{ listagg_distinct('flows.source_id', '|') }} as source_id,
        count(*) as n_rows,
        {{ exact_sum('flows.value_usd') }} as value_usd,
        {{ exact_sum(
            "case when flows.exporter_id in ('UNMAPPED', 'NES', 'SPECIAL') then flows.value_usd else 0 end"
        ) }} as unmapped_usd,
        {{ exact_sum('case when flows.net_weight_kg is null then flows.value_usd else 0 end') }}
            as missing_weight_usd,
        {{ exact_sum('case when bridge.is_basket then flows.value_usd else 0 end') }} as basket_usd
    from flows
    inner join bridge
        on
            flows.nomenclature = bridge.nomenclature
            and flows.product_code = bridge.product_code
    group by flows.importer_id, bridge.item_id, bridge.stage_id, flows.year

)

select
    importer_id, material_id, stage_id, year, source_id, n_rows,
    unmapped_usd / nullif(value_usd, 0) as unmapped_share,
    missing_weight_usd / nullif(value_usd, 0) as missing_weight_share,
    basket_usd / nullif(value_usd, 0) as basket_share
from measured
