-- One row per edition, declarant, partner, HS6 product and period: Comext's CN8 lines summed to HS6,
-- in USD at the ECB's annual average rate, euro beside. Codes with letters inside of their first
-- six places belong to no HS6; `int_trade__exclusions` keeps them.
with

imports as (

    select * from {{ ref('stg_eurostat_comext__flows') }}

),

codes as (

    select * from {{ ref('int_country__codes') }} where code_system = 'eurostat'

),

rates as (

    select * from {{ ref('stg_reference__fx_annual') }} where currency = 'EUR'

),

mapped as (

    select
        imports.*,
        substr(imports.product_code, 1, 6) as hs6,
        coalesce(declarants.country_id, 'UNMAPPED') as reporter_id,
        coalesce(partners.country_id, 'UNMAPPED') as partner_id
    from imports
    left join codes as declarants
        on imports.declarant = declarants.code
    left join codes as partners
        on imports.partner = partners.code

),

summed as (

    select
        edition, reporter_id, partner_id,
        hs6 as product_code,
        flow, period_type, period_start_date, period_end_date, year,
        sum(value_eur) as value_native,
        {{ sum_if_complete('net_weight_kg') }} as net_weight_kg,
        count(*) as n_lines,
        min(case when is_complete then 1 else 0 end) = 1 as is_complete,
        min(known_from_date) as known_from_date
    from mapped
    where try_cast(hs6 as integer) is not null
    group by
        edition, reporter_id, partner_id, hs6, flow, period_type, period_start_date,
        period_end_date, year

)

select
    'eurostat_comext' as source_id,
    summed.edition, summed.reporter_id, summed.partner_id, summed.product_code, summed.flow,
    summed.period_type, summed.period_start_date, summed.period_end_date, summed.year,
    summed.value_native * rates.usd_per_unit as value_usd,
    summed.value_native,
    'EUR' as currency,
    rates.usd_per_unit,
    rates.source as fx_source,
    summed.net_weight_kg,
    case summed.flow when 'import' then 'importer_cif' else 'exporter_fob' end as flow_basis,
    'all_partners' as denominator_scope,
    summed.n_lines,
    false as is_confidential,
    false as is_converted_upstream,
    summed.is_complete, summed.known_from_date
from summed
left join rates
    on summed.year = rates.year
