-- One row per source, edition, importer, exporter, national product line and period: declared
-- imports at the 8 or 10 digits of the nation, value in the currency of the declaration.
with

codes as (

    select * from {{ ref('int_country__codes') }}

)

select
    'eurostat_comext' as source_id,
    'CN8' as line_nomenclature,
    flows.edition,
    coalesce(declarants.country_id, 'UNMAPPED') as importer_id,
    coalesce(partners.country_id, 'UNMAPPED') as exporter_id,
    flows.product_code as code,
    flows.period_type, flows.period_start_date, flows.year,
    flows.value_eur as value_native,
    flows.is_complete, flows.known_from_date
from {{ ref('stg_eurostat_comext__flows') }} as flows
left join codes as declarants
    on flows.declarant = declarants.code and declarants.code_system = 'eurostat'
left join codes as partners
    on flows.partner = partners.code and partners.code_system = 'eurostat'
where flows.flow = 'import'
union all
select
    'us_census' as source_id,
    'HTS10' as line_nomenclature,
    edition,
    'USA' as importer_id,
    partner_id as exporter_id,
    product_code as code,
    period_type, period_start_date, year,
    value_usd as value_native,
    true as is_complete,
    known_from_date
from {{ ref('int_trade__census_lines') }}
where flow = 'import' and not is_inside_block and length(product_code) = 10
union all
select
    'uk_hmrc' as source_id,
    'CN8' as line_nomenclature,
    flows.edition,
    'GBR' as importer_id,
    coalesce(codes.country_id, 'UNMAPPED') as exporter_id,
    flows.product_code as code,
    flows.period_type, flows.period_start_date, flows.year,
    coalesce(flows.value_usd, flows.value_gbp) as value_native,
    flows.is_complete, flows.known_from_date
from {{ ref('stg_uk_hmrc__flows') }} as flows
left join codes
    on flows.partner = codes.code and codes.code_system = 'hmrc'
where flows.flow = 'import'
