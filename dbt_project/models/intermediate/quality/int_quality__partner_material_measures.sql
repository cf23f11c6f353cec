-- One row per importer, material, stage and year, from the source that the precedence prefers
-- among those that have it.
with

flows as (

    select * from {{ ref('int_trade__import_flows') }}
    where importer_id <> 'ROW' and not is_reimport

),

bridge as (

    select * from {{ ref('bridge_product_material') }}
    where item_kind = 'material'

),

precedence as (

    select * from {{ ref('stg_reference__source_precedence') }}

),

measured as (

    select
        flows.importer_id, bridge.item_id as material_id, bridge.stage_id, flows.year,
        flows.source_id,
        count(*) as n_rows,
        sum(flows.value_usd) as value_usd,
        sum(case
            when flows.exporter_id in ('UNMAPPED', 'NES', 'SPECIAL') then flows.value_usd else 0
        end) as unmapped_usd,
        sum(case when flows.net_weight_kg is null then flows.value_usd else 0 end)
            as missing_weight_usd,
        sum(case when bridge.is_basket then flows.value_usd else 0 end) as basket_usd
    from flows
    inner join bridge
        on
            flows.nomenclature = bridge.nomenclature
            and flows.product_code = bridge.product_code
    group by flows.importer_id, bridge.item_id, bridge.stage_id, flows.year, flows.source_id

),

preferred as (

    select
        measured.*,
        row_number() over (
            partition by
                measured.importer_id, measured.material_id, measured.stage_id,
                measured.year
            order by precedence.priority nulls last, measured.source_id
        ) as place
    from measured
    left join precedence
        on measured.source_id = precedence.source_id

)

select
    importer_id, material_id, stage_id, year, source_id, n_rows,
    unmapped_usd / nullif(value_usd, 0) as unmapped_share,
    missing_weight_usd / nullif(value_usd, 0) as missing_weight_share,
    basket_usd / nullif(value_usd, 0) as basket_share
from preferred
where place = 1
