{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__declared_periods', 'int_trade__customs_periods'], columns=['source_id', 'period_type', 'period_start_date']) }}",
    post_hook="{{ record_built_periods(['int_trade__declared_periods', 'int_trade__customs_periods']) }}",
) }}

with

declarations as (

    select *
    from {{ ref('int_trade__reported') }}
    {{ only_changed_periods(
        ['int_trade__declared_periods', 'int_trade__customs_periods'],
        columns=['source_id', 'period_type', 'period_start_date']
    ) }}

)

select
    cast(source_id as string) as source_id,
    cast(edition as string) as edition,
    cast(reporter_id as string) as reporter_id,
    cast(partner_id as string) as partner_id,
    cast(nomenclature as string) as nomenclature,
    cast(product_code as string) as product_code,
    cast(flow as string) as flow,
    cast(period_type as string) as period_type,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date,
    cast(year as integer) as year,
    cast(value_usd as double) as value_usd,
    cast(value_native as double) as value_native,
    cast(currency as string) as currency,
    cast(usd_per_unit as double) as usd_per_unit,
    cast(fx_source as string) as fx_source,
    cast(net_weight_kg as double) as net_weight_kg,
    cast(flow_basis as string) as flow_basis,
    cast(denominator_scope as string) as denominator_scope,
    cast(n_lines as bigint) as n_lines,
    cast(row_method as string) as row_method,
    cast(is_reimport as boolean) as is_reimport,
    cast(is_confidential as boolean) as is_confidential,
    cast(is_converted_upstream as boolean) as is_converted_upstream,
    cast(is_complete as boolean) as is_complete,
    cast(value_cif_usd as double) as value_cif_usd,
    cast(value_fob_usd as double) as value_fob_usd,
    cast(primary_basis as string) as primary_basis,
    cast(net_weight_kg_final as double) as net_weight_kg_final,
    cast(weight_method as string) as weight_method,
    cast(alt_qty as double) as alt_qty,
    cast(alt_unit as integer) as alt_unit,
    cast(coalesce(partner_gap_share > 0.005, false) as boolean) as is_partner_gap,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast({{ lineage_part('source_id', 'edition') }} as string) as lineage_id
from declarations
