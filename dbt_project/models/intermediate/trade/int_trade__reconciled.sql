-- One row per source, edition, exporter, importer, nomenclature, product and period: reconciled
-- flows, BACI's and our own, with the day on which a later edition replaced them;
-- `is_preferred_series` marks the one edition and HS revision per product and year that readers
-- shall add up.
{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='(source_id, period_type, period_start_date)',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__estimate_periods', 'int_trade__trailing_periods'], always=\"source_id <> 'pax_silica'\") }}",
    post_hook="{{ record_built_periods(['int_trade__estimate_periods', 'int_trade__trailing_periods']) }}",
) }}

with

flows as (

    select * from {{ ref('int_trade__baci_flows') }}

),

editions as (

    select * from {{ ref('int_trade__baci_editions') }}

)

select
    flows.*,
    'unknown' as sidedness,
    'gaulier_zignago_2010' as method_version,
    {{ lineage_part('flows.source_id', 'flows.edition') }} as lineage_id,
    editions.known_to_date, editions.is_latest,
    editions.is_preferred_series
from flows
inner join editions
    on
        flows.edition = editions.edition
        and flows.nomenclature = editions.nomenclature
        and flows.product_code = editions.product_code
        and flows.year = editions.year

union all by name

select
    *,
    'pax_silica' as source_id,
    'inverse_variance_witness' as method_version,
    false as is_truncated,
    true as is_latest,
    true as is_preferred_series
from {{ ref('int_trade__mirror_intervals') }}
{{ only_changed_periods(['int_trade__estimate_periods']) }}

union all by name

select
    *,
    'pax_silica' as source_id,
    'inverse_variance_witness' as method_version,
    false as is_truncated,
    true as is_latest,
    true as is_preferred_series
from {{ ref('int_trade__mirror_trailing_12m') }}
{{ only_changed_periods(['int_trade__trailing_periods']) }}
