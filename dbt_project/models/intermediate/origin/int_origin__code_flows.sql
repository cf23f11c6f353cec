-- One row per exporter, importer, nomenclature, HS6 code and year of the latest edition of
-- reconciled trade: every country with every other, which origins need.
select
    exporter_id, importer_id, nomenclature, product_code, year, edition, value_usd, net_weight_kg,
    known_from_date, lineage_id
from {{ ref('fct_trade_reconciled') }}
where
    source_id = 'cepii_baci'
    and period_type = 'A'
    and known_to_date is null
    and exporter_id <> importer_id
