-- One row per source, edition, exporter, importer, nomenclature, product and period: reconciled
-- flows, BACI's and our own, with the day on which a later edition replaced them;
-- `is_preferred_series` marks the one edition and HS revision per product and year that readers
-- shall add up.
-- noqa: disable=LT02
{{ config(tags=['spark'], materialized='view') }}
{% set flow_columns = [
    'edition', 'exporter_id', 'importer_id', 'nomenclature', 'product_code', 'period_type',
    'period_start_date', 'period_end_date', 'year', 'value_usd', 'net_weight_kg', 'known_from_date'
] %}
{# of both declarations: of our own reconciliation, and of one month or year of it #}
{% set estimate_columns = [
    'value_low_usd', 'value_high_usd', 'x_report_usd', 'm_report_fob_usd', 'log_gap'
] %}
{% set period_columns = [
    'net_weight_kg_low', 'net_weight_kg_high', 'cif_rate', 'w_exporter', 'w_importer'
] %}

with

flows as (

    select * from {{ ref('int_trade__baci_flows') }}

),

editions as (

    select * from {{ ref('int_trade__baci_editions') }}

)

select
    flows.source_id,
    {%- for column in flow_columns %}
    flows.{{ column }},
    {%- endfor %}
    flows.is_truncated,
    'unknown' as sidedness,
    'gaulier_zignago_2010' as method_version,
    {{ lineage_part('flows.source_id', 'flows.edition') }} as lineage_id,
    editions.known_to_date, editions.is_latest, editions.is_preferred_series,
    {%- for column in estimate_columns + period_columns %}
    cast(null as double) as {{ column }},
    {%- endfor %}
    cast(null as string) as cif_method,
    cast(null as string) as mirror_repair,
    cast(null as boolean) as is_revision_folded
from flows
inner join editions
    on
        flows.edition = editions.edition
        and flows.nomenclature = editions.nomenclature
        and flows.product_code = editions.product_code
        and flows.year = editions.year

union all

select
    'pax_silica' as source_id,
    {{ flow_columns | join(', ') }},
    false as is_truncated,
    sidedness,
    'inverse_variance_witness' as method_version,
    lineage_id,
    cast(null as date) as known_to_date,
    true as is_latest,
    true as is_preferred_series,
    {{ (estimate_columns + period_columns) | join(', ') }},
    cif_method, mirror_repair, is_revision_folded
from {{ ref('int_trade__mirror_intervals') }}

union all

select
    'pax_silica' as source_id,
    {{ flow_columns | join(', ') }},
    false as is_truncated,
    sidedness,
    'inverse_variance_witness' as method_version,
    lineage_id,
    cast(null as date) as known_to_date,
    true as is_latest,
    true as is_preferred_series,
    {{ estimate_columns | join(', ') }},
    {%- for column in period_columns %}
    cast(null as double) as {{ column }},
    {%- endfor %}
    cast(null as string) as cif_method,
    mirror_repair, is_revision_folded
from {{ ref('int_trade__mirror_trailing_12m') }}
