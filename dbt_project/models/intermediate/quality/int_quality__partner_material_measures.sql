-- One row per importer, material, stage and year, out of the source that speaks for it.
with

flows as (

    select * from {{ ref('int_trade__item_flows') }}

)

select importer_id, item_id as material_id, stage_id, year, source_id,
    count(*) as n_rows,
    sum(case when exporter_id in ('UNMAPPED', 'NES', 'SPECIAL') then value_usd else 0 end)
        / nullif(sum(value_usd), 0) as unmapped_share,
    sum(case when net_weight_kg is null then value_usd else 0 end)
        / nullif(sum(value_usd), 0) as missing_weight_share,
    sum(basket_value_usd) / nullif(sum(value_usd), 0) as basket_share
from flows
where item_kind = 'material'
    and is_preferred
group by importer_id, item_id, stage_id, year, source_id
