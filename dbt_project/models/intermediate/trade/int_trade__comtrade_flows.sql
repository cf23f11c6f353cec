-- One row per edition, reporter, partner, product, flow and period: UN Comtrade's declarations with
-- the basis of the value, and a weight with its origin. World is no partner: it is the
-- sum that the partners are held against (`partner_gap_share`).
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__declared_periods']) }}",
    post_hook="{{ record_built_periods(['int_trade__declared_periods']) }}",
) }}

with

-- reads the table by itself: DuckDB would keep the rows of an expression that two others name
prices as (

    select
        product_code, flow, period,
        median(value_usd / weighed_kg) as median_usd_kg
    from {{ ref('int_trade__comtrade_mapped') }}
    {{ only_changed_periods(['int_trade__declared_periods'], ['period']) }}
    where partner_id <> 'WLD' and weighed_kg > 0
    group by product_code, flow, period

),

flows as (

    select *
    from {{ ref('int_trade__comtrade_mapped') }}
    {{ only_changed_periods(['int_trade__declared_periods'], ['period']) }}
    where partner_id <> 'WLD'

)

select
    'un_comtrade' as source_id,
    flows.edition, flows.reporter_id, flows.partner_id, flows.nomenclature, flows.product_code,
    flows.flow, flows.value_usd, flows.value_cif_usd, flows.value_fob_usd, flows.alt_unit,
    flows.alt_qty, flows.n_lines, flows.row_method, flows.known_from_date,
    {{ period_type_of('flows.period') }} as period_type,
    {{ period_start_of('flows.period') }} as period_start_date,
    {{ period_end_of('flows.period') }} as period_end_date,
    cast(substr(flows.period, 1, 4) as integer) as year,
    coalesce(flows.weighed_kg, flows.stated_kg) as net_weight_kg,
    coalesce(flows.weighed_kg, flows.stated_kg, flows.value_usd / prices.median_usd_kg)
        as net_weight_kg_final,
    case
        when flows.weighed_kg is not null and flows.is_weight_from_quantity then 'alt_qty'
        when flows.weighed_kg is not null then 'reported'
        when flows.stated_kg is not null then 'publisher_estimate'
        when prices.median_usd_kg is not null then 'unit_value_imputed'
        else 'missing'
    end as weight_method,
    case
        when flows.value_cif_usd = flows.value_usd and flows.value_fob_usd = flows.value_usd
            then 'both'
        when flows.value_cif_usd = flows.value_usd then 'cif'
        when flows.value_fob_usd = flows.value_usd then 'fob'
        else 'unstated'
    end as primary_basis,
    case
        when flows.flow = 'export' then 'exporter_fob'
        when
            flows.value_fob_usd = flows.value_usd
            and coalesce(flows.value_cif_usd <> flows.value_usd, true)
            then 'importer_customs_value'
        else 'importer_cif'
    end as flow_basis,
    versions.series_code, versions.partner_gap_share, versions.known_to_date,
    versions.known_to_date is null as is_latest
from flows
inner join {{ ref('int_trade__comtrade_versions') }} as versions
    using (edition, reporter_id, nomenclature, product_code, flow, period)
left join prices
    using (product_code, flow, period)
