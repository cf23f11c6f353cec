-- One row per source, edition, reporter, partner, nomenclature, HS6 product, flow and period: the
-- declarations of all sources. UN Comtrade's are here only: its terms forbid sharing declared rows,
-- and the marts built on `int_trade__declarations` may leave.
{{ config(tags=['spark'], materialized='view') }}

select
    source_id, edition, reporter_id, partner_id, product_code, flow, period_type, period_start_date,
    period_end_date, year, value_usd, value_native, currency, usd_per_unit, fx_source,
    net_weight_kg, flow_basis, denominator_scope, n_lines, is_confidential, is_converted_upstream,
    is_complete, known_from_date, nomenclature, row_method, is_reimport,
    cast(null as double) as value_cif_usd,
    cast(null as double) as value_fob_usd,
    cast(null as string) as primary_basis,
    net_weight_kg as net_weight_kg_final,
    case when net_weight_kg is null then 'missing' else 'reported' end as weight_method,
    cast(null as double) as alt_qty,
    cast(null as integer) as alt_unit,
    cast(null as double) as partner_gap_share,
    known_to_date, is_latest
from {{ ref('int_trade__declarations') }}

union all

select
    source_id, edition, reporter_id, partner_id, product_code, flow, period_type, period_start_date,
    period_end_date, year, value_usd,
    value_usd as value_native,
    'USD' as currency,
    cast(1 as double) as usd_per_unit,
    'converted by the publisher' as fx_source,
    net_weight_kg, flow_basis,
    'all_partners' as denominator_scope,
    n_lines,
    partner_id in ('NES', 'SPECIAL') as is_confidential,
    true as is_converted_upstream,
    true as is_complete,
    known_from_date, nomenclature, row_method,
    reporter_id = partner_id as is_reimport,
    value_cif_usd, value_fob_usd, primary_basis, net_weight_kg_final, weight_method, alt_qty,
    alt_unit, partner_gap_share, known_to_date, is_latest
from {{ ref('int_trade__comtrade_flows') }}
