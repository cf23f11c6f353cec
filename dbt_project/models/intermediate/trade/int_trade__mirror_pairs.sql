-- One row per exporter, importer, HS6 product and period: the two declarations of one flow side by
-- side, in the product codes of one HS revision, with who filed at all, the usual price of a
-- kilogram, the distance between the countries, and BACI's value of the year before (never of
-- the same year): that of the same revision or, where it has neither the flow nor the importer's
-- suppliers, that of the same code in HS1992.
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__pair_periods']) }}",
    post_hook="{{ record_built_periods(['int_trade__pair_periods']) }}",
) }}

with

reports as (

    select
        flows.reporter_id, flows.partner_id, flows.product_code, flows.flow,
        flows.period_type, flows.period_start_date, flows.period_end_date, flows.year,
        -- decimals have the same sum in any order
        cast(flows.value_usd as decimal(18, 3)) as value_usd,
        flows.flow_basis, flows.known_from_date,
        case
            when flows.weight_method in ('reported', 'alt_qty')
                then cast(flows.net_weight_kg as decimal(18, 3))
        end as weight_kg,
        case when flows.year >= 2017 then 'HS2017' else flows.nomenclature end as series,
        flows.series_code
    from {{ ref('int_trade__comtrade_flows') }} as flows
    {{ only_changed_periods(['int_trade__pair_periods']) }}
    -- a value that rounds to zero is no information, and has no logarithm
    where flows.is_latest and flows.reporter_id <> flows.partner_id and flows.value_usd > 0

),

filings as (

    select * from {{ ref('int_trade__filings') }}

),

sides as (

    select
        case flow when 'export' then reporter_id else partner_id end as exporter_id,
        case flow when 'export' then partner_id else reporter_id end as importer_id,
        series as nomenclature,
        series_code as product_code,
        period_type, period_start_date, period_end_date, year,
        cast(sum(value_usd) filter (where flow = 'export') as double) as x_usd,
        cast(sum(value_usd) filter (where flow = 'import') as double) as m_usd,
        cast(sum(weight_kg) filter (where flow = 'export') as double) as x_kg,
        cast(sum(weight_kg) filter (where flow = 'import') as double) as m_kg,
        bool_and(flow_basis = 'importer_customs_value') filter (where flow = 'import') as is_fob,
        bool_or(series_code <> product_code) as is_revision_folded,
        max(known_from_date) as known_from_date
    from reports
    group by all

),

prices as (

    select
        product_code, period_type, period_start_date,
        median(coalesce(m_usd / m_kg, x_usd / x_kg)) as usual_usd_kg
    from sides
    where coalesce(m_kg, x_kg) > 0
    group by product_code, period_type, period_start_date

),

-- of the years before those of the flows
reference_flows as (

    select *
    from {{ ref('int_trade__baci_reference_flows') }}
    semi join (select distinct year - 1 as year from sides) as years_before
        using (year)

)

select
    sides.*,
    prices.usual_usd_kg, gravity.distance_km,
    exporters.reporter_id is not null as has_exporter_filed,
    importers.reporter_id is not null as has_importer_filed,
    case
        when before.value_usd is not null then before.value_usd
        when ceilings.value_usd is null then others.value_usd
    end as before_usd,
    case
        when before.value_usd is not null then null
        when ceilings.value_usd is not null then ceilings.value_usd
        when others.value_usd is null then other_ceilings.value_usd
    end as ceiling_usd
from sides
left join prices
    using (product_code, period_type, period_start_date)
left join filings as exporters
    on
        sides.exporter_id = exporters.reporter_id
        and exporters.flow = 'export'
        and sides.period_type = exporters.period_type
        and sides.period_start_date = exporters.period_start_date
left join filings as importers
    on
        sides.importer_id = importers.reporter_id
        and importers.flow = 'import'
        and sides.period_type = importers.period_type
        and sides.period_start_date = importers.period_start_date
left join {{ ref('int_trade__gravity') }} as gravity
    on
        sides.exporter_id = gravity.exporter_id
        and sides.importer_id = gravity.importer_id
left join reference_flows as before
    on
        sides.exporter_id = before.exporter_id
        and sides.importer_id = before.importer_id
        and sides.nomenclature = before.nomenclature
        and sides.product_code = before.product_code
        and sides.year = before.year + 1
left join reference_flows as ceilings
    on
        ceilings.exporter_id = 'ANY'
        and sides.importer_id = ceilings.importer_id
        and sides.nomenclature = ceilings.nomenclature
        and sides.product_code = ceilings.product_code
        and sides.year = ceilings.year + 1
left join reference_flows as others
    on
        others.nomenclature = 'HS1992'
        and sides.nomenclature <> others.nomenclature
        and sides.exporter_id = others.exporter_id
        and sides.importer_id = others.importer_id
        and sides.product_code = others.product_code
        and sides.year = others.year + 1
left join reference_flows as other_ceilings
    on
        other_ceilings.nomenclature = 'HS1992'
        and sides.nomenclature <> other_ceilings.nomenclature
        and other_ceilings.exporter_id = 'ANY'
        and sides.importer_id = other_ceilings.importer_id
        and sides.product_code = other_ceilings.product_code
        and sides.year = other_ceilings.year + 1
