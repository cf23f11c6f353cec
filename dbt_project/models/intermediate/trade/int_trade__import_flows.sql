-- One row per source, importer, exporter, nomenclature, product and period: imports of all sources
-- in one shape, the latest edition per source and period. Sources and BACI's revisions of the HS
-- overlap: never add across them. Values are whole dollars: sums of them are exact in any order.
{{ config(tags=['spark']) }}

with

declared as (

    select * from {{ ref('int_trade__declarations') }}
    where flow = 'import' and is_latest

),

reconciled as (

    select * from {{ ref('int_trade__reconciled') }}
    where is_latest and period_type <> 'T12M'

)

select
    source_id, edition,
    reporter_id as importer_id,
    partner_id as exporter_id,
    nomenclature, product_code, period_type, period_start_date, period_end_date, year,
    round(value_usd) as value_usd,
    cast(null as double) as value_low_usd,
    cast(null as double) as value_high_usd,
    net_weight_kg, flow_basis, denominator_scope,
    false as is_truncated,
    is_complete, is_confidential, is_converted_upstream, is_reimport, known_from_date,
    'declared' as sidedness,
    true as is_preferred_series,
    {{ lineage_part('source_id', 'edition') }} as lineage_id
from declared

union all

select
    source_id, edition, importer_id, exporter_id, nomenclature, product_code, period_type,
    period_start_date, period_end_date, year,
    round(value_usd) as value_usd,
    -- the band of our own reconciliation; CEPII publishes none
    round(value_low_usd) as value_low_usd,
    round(value_high_usd) as value_high_usd,
    net_weight_kg,
    'reconciled_fob' as flow_basis,
    'all_partners' as denominator_scope,
    is_truncated,
    true as is_complete,
    false as is_confidential,
    false as is_converted_upstream,
    importer_id = exporter_id as is_reimport,
    known_from_date, sidedness, is_preferred_series, lineage_id
from reconciled
