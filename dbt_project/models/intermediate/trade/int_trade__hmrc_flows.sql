-- One row per edition, partner, HS6 product, flow and month: UK trade by CN8 summed to HS6. A
-- partner that HMRC keeps confidential is `NES`: it stays in the denominator.
with

flows as (

    select * from {{ ref('stg_uk_hmrc__flows') }}

),

codes as (

    select * from {{ ref('int_country__codes') }} where code_system = 'hmrc'

),

rates as (

    select * from {{ ref('stg_reference__fx_annual') }} where currency = 'GBP'

),

converted as (

    select
        flows.*,
        coalesce(codes.country_id, 'UNMAPPED') as partner_id,
        substr(flows.product_code, 1, 6) as hs6,
        -- no rate, no value: pounds are never read as dollars
        case
            when flows.is_converted_upstream then flows.value_usd
            else flows.value_gbp * rates.usd_per_unit
        end as usd,
        case when not flows.is_converted_upstream then rates.usd_per_unit end as rate,
        case
            when flows.is_converted_upstream then 'converted upstream, rate not given'
            else rates.source
        end as rate_source
    from flows
    left join codes
        on flows.partner = codes.code
    left join rates
        on flows.year = rates.year

)

select
    'uk_hmrc' as source_id,
    edition,
    'GBR' as reporter_id,
    partner_id,
    hs6 as product_code,
    flow, period_type, period_start_date, period_end_date, year,
    {{ sum_if_complete('usd') }} as value_usd,
    {{ sum_if_complete('value_gbp') }} as value_native,
    'GBP' as currency,
    min(rate) as usd_per_unit,
    min(rate_source) as fx_source,
    {{ sum_if_complete('net_weight_kg') }} as net_weight_kg,
    case flow when 'import' then 'importer_cif' else 'exporter_fob' end as flow_basis,
    'all_partners' as denominator_scope,
    sum(n_lines) as n_lines,
    max(case when is_confidential then 1 else 0 end) = 1 as is_confidential,
    max(case when is_converted_upstream then 1 else 0 end) = 1 as is_converted_upstream,
    min(case when is_complete then 1 else 0 end) = 1 as is_complete,
    min(known_from_date) as known_from_date
from converted
group by
    edition, partner_id, hs6, flow, period_type, period_start_date, period_end_date, year
