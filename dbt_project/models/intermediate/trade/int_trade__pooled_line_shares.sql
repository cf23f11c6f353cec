-- One row per supplier (or ALL), HS6 product and item of a basket: which share of the supplier's goods
-- under the code national lines of its customers show to be the item, over all years and importers
-- with lines of the whole code, by value. The estimate for importers that have no lines.
{{ config(tags=['spark']) }}

with

line_shares as (

    select * from {{ ref('int_trade__line_shares') }}
    where
        period_type = 'A'
        and share_low = share_high
        and (is_complete or lacks_residual_only)
        and exporter_id <> 'ALL'

),

measured as (

    select * from {{ ref('int_trade__measured_flows') }}
    where period_type = 'A' and not is_reimport

),

flows as (

    select
        line_shares.importer_id, line_shares.exporter_id, line_shares.product_code,
        line_shares.item_id, line_shares.share_point,
        round(measured.value_usd) as value_usd
    from line_shares
    inner join measured
        using (importer_id, exporter_id, nomenclature, product_code, period_start_date)

),

by_supplier as (

    select * from flows
    union all
    select
        importer_id,
        'ALL' as exporter_id,
        product_code, item_id, share_point, value_usd
    from flows

)

select
    exporter_id, product_code, item_id,
    sum(round(value_usd * share_point)) / sum(value_usd) as share_point,
    min(share_point) as share_low,
    max(share_point) as share_high,
    count(distinct importer_id) as n_importers
from by_supplier
group by exporter_id, product_code, item_id
having sum(value_usd) > 0
