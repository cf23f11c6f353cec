-- One row per importer, exporter, item and period: what the importer buys of the item, all codes of
-- the item together. Never sum across items.
{{ config(tags=['spark']) }}

select
    importer_id, exporter_id, item_kind, item_id, stage_id, period_type, period_start_date,
    sum(value_usd) as value_usd,
    sum(value_low_usd) as value_low_usd,
    sum(value_high_usd) as value_high_usd,
    sum(basket_value_usd) as basket_value_usd,
    {{ sum_if_complete('value_best_usd') }} as value_best_usd,
    {{ sum_if_complete('net_weight_kg') }} as net_weight_kg,
    sum(weighed_value_usd) as weighed_value_usd,
    is_reimport
from {{ ref('int_trade__item_code_flows') }}
group by
    importer_id, exporter_id, item_kind, item_id, stage_id, period_type, period_start_date,
    is_reimport
