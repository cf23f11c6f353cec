-- One row per declared line that enters no fact, with the reason. What
-- an exporter alone declares and no one believes enters fct_trade_reported, but is not reconciled.
with

census as (

    select * from {{ ref('int_trade__census_lines') }} where is_inside_block

),

comext as (

    select * from {{ ref('stg_eurostat_comext__flows') }}
    where try_cast(substr(product_code, 1, 6) as integer) is null

)

select
    'us_census' as source_id,
    edition, period_type, period_start_date,
    'USA' as reporter_code,
    cty_code as partner_code,
    product_code,
    value_usd as value_native,
    'USD' as currency,
    'inside_group_eu' as reason
from census

union all

select
    'eurostat_comext' as source_id,
    edition, period_type, period_start_date,
    declarant as reporter_code,
    partner as partner_code,
    product_code,
    value_eur as value_native,
    'EUR' as currency,
    'confidential_code_without_hs6' as reason
from comext

union all

select
    'pax_silica' as source_id,
    edition, period_type, period_start_date,
    exporter_id as reporter_code,
    importer_id as partner_code,
    product_code,
    x_report_usd as value_native,
    'USD' as currency,
    'exporter_unheard' as reason
from {{ ref('int_trade__mirror_estimates') }}
where is_excluded_as_unreliable
