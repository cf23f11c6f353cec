-- One row per source, edition, exporter, item and year: what a country sells to everybody, the
-- importers that a bundle sums up into ROW among them. Latest edition of each source and year, of
-- BACI of each product and year; `nomenclature` is the newest among the item's codes.
with

reconciled as (

    select * from {{ ref('fct_trade_reconciled') }}

),

item_products as (

    select * from {{ ref('int_dependency__item_products') }}

),

exports as (

    select
        source_id, edition, known_from_date, exporter_id, nomenclature, product_code, period_type,
        period_start_date, period_end_date, year, flow_basis,
        min(lineage_id) as lineage_id,
        bool_or(is_truncated) as is_truncated,
        sum(round(value_usd)) as value_usd
    from reconciled
    where exporter_id <> importer_id and is_preferred_series
    group by
        source_id, edition, known_from_date, exporter_id, nomenclature, product_code,
        period_type, period_start_date, period_end_date, year, flow_basis

),

latest as (

    select
        exports.*,
        dense_rank() over (
            partition by exports.source_id, exports.year
            order by exports.known_from_date desc nulls last, exports.edition desc
        ) as edition_rank
    from exports

)

select
    latest.source_id, latest.edition, latest.exporter_id, items.item_kind, items.item_id,
    items.stage_id,
    max(latest.nomenclature) as nomenclature,
    latest.period_type, latest.period_start_date, latest.period_end_date,
    cast(latest.year as integer) as year,
    latest.flow_basis,
    sum(latest.value_usd) as exports_usd,
    bool_or(latest.is_truncated) as is_truncated,
    min(latest.lineage_id) as lineage_id
from latest
inner join item_products as items
    on
        latest.nomenclature = items.nomenclature
        and latest.product_code = items.product_code
where latest.edition_rank = 1 or latest.source_id = 'cepii_baci'
group by
    latest.source_id, latest.edition, latest.exporter_id, items.item_kind, items.item_id,
    items.stage_id, latest.period_type, latest.period_start_date, latest.period_end_date, latest.year, latest.flow_basis
