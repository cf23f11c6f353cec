{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__estimate_periods', 'int_trade__trailing_periods', 'int_trade__baci_periods'], columns=['source_id', 'period_type', 'period_start_date']) }}",
    post_hook="{{ record_built_periods(['int_trade__estimate_periods', 'int_trade__trailing_periods', 'int_trade__baci_periods']) }}",
) }}

with

flows as (

    select *
    from {{ ref('int_trade__reconciled') }}
    {{ only_changed_periods(
        ['int_trade__estimate_periods', 'int_trade__trailing_periods', 'int_trade__baci_periods'],
        columns=['source_id', 'period_type', 'period_start_date']
    ) }}

)

select
    cast(source_id as string) as source_id,
    cast(edition as string) as edition,
    cast(exporter_id as string) as exporter_id,
    cast(importer_id as string) as importer_id,
    cast(nomenclature as string) as nomenclature,
    cast(product_code as string) as product_code,
    cast(period_type as string) as period_type,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date,
    cast(year as integer) as year,
    cast(value_usd as double) as value_usd,
    -- CEPII publishes no band and none of what follows from the two declarations
    cast(value_low_usd as double) as value_low_usd,
    cast(value_high_usd as double) as value_high_usd,
    cast(net_weight_kg as double) as net_weight_kg,
    cast(net_weight_kg_low as double) as net_weight_kg_low,
    cast(net_weight_kg_high as double) as net_weight_kg_high,
    cast(x_report_usd as double) as x_report_usd,
    cast(m_report_fob_usd as double) as m_report_fob_usd,
    cast(cif_rate as double) as cif_rate,
    cast(cif_method as string) as cif_method,
    cast(w_exporter as double) as w_exporter,
    cast(w_importer as double) as w_importer,
    cast(log_gap as double) as log_gap,
    cast('reconciled_fob' as string) as flow_basis,
    cast('all_partners' as string) as denominator_scope,
    cast(sidedness as string) as sidedness,
    cast(mirror_repair as string) as mirror_repair,
    cast(coalesce(is_revision_folded, false) as boolean) as is_revision_folded,
    cast(is_truncated as boolean) as is_truncated,
    cast(is_preferred_series as boolean) as is_preferred_series,
    cast(method_version as string) as method_version,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast(lineage_id as string) as lineage_id
from flows
