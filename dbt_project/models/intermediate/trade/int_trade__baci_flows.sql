-- One row per edition, nomenclature, year, exporter, importer and product: BACI with countries in
-- our ids. Codes that stand for the same country are added.
with

flows as (

    select * from {{ ref('stg_cepii_baci__flows') }}

),

codes as (

    select * from {{ ref('int_country__codes') }}

),

mapped as (

    select
        flows.*,
        coalesce(exporters.country_id, 'UNMAPPED') as exporter_id,
        -- the bundle's own sum of importers, in whichever code system its year has
        case
            when flows.importer_code = 'ROW' then 'ROW'
            else coalesce(importers.country_id, 'UNMAPPED')
        end as importer_id
    from flows
    left join codes as exporters
        on
            flows.code_system = exporters.code_system
            and flows.exporter_code = exporters.code
    left join codes as importers
        on
            flows.code_system = importers.code_system
            and flows.importer_code = importers.code

)

select
    'cepii_baci' as source_id,
    edition, exporter_id, importer_id, nomenclature, product_code,
    'A' as period_type,
    cast(cast(year as string) || '-01-01' as date) as period_start_date,
    cast(cast(year as string) || '-12-31' as date) as period_end_date,
    year,
    sum(value_usd) as value_usd,
    sum(net_weight_kg) as net_weight_kg,
    max(case when is_truncated then 1 else 0 end) = 1 as is_truncated,
    min(known_from_date) as known_from_date
from mapped
group by edition, exporter_id, importer_id, nomenclature, product_code, year
