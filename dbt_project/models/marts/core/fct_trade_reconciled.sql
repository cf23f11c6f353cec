with

flows as (

    select * from {{ ref('int_trade__reconciled') }}

)

select
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(exporter_id as varchar) as exporter_id,
    cast(importer_id as varchar) as importer_id,
    cast(nomenclature as varchar) as nomenclature,
    cast(product_code as varchar) as product_code,
    cast(period_type as varchar) as period_type,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date,
    cast(year as integer) as year,
    cast(value_usd as double) as value_usd,
    -- CEPII publishes no band; our own reconciliation will bring one
    cast(null as double) as value_low_usd,
    cast(null as double) as value_high_usd,
    cast(net_weight_kg as double) as net_weight_kg,
    cast('reconciled_fob' as varchar) as flow_basis,
    cast('all_partners' as varchar) as denominator_scope,
    cast('unknown' as varchar) as sidedness,
    cast(is_truncated as boolean) as is_truncated,
    cast('gaulier_zignago_2010' as varchar) as method_version,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast({{ lineage_part('source_id', 'edition') }} as varchar) as lineage_id
from flows
