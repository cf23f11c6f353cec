-- One row per exporter, importer, HS revision, product and year: the value of BACI's latest edition
-- that has the product and year, for the reconciliation of later years (never of its own). A row
-- with exporter `ANY` is the most that a flow can be which BACI does not list for an importer whose
-- suppliers it lists.
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__reference_periods'], ['year']) }}",
    post_hook="{{ record_built_periods(['int_trade__reference_periods']) }}",
) }}

with

editions as (

    select *
    from {{ ref('int_trade__baci_editions') }}
    {{ only_changed_periods(['int_trade__reference_periods'], ['year']) }}
    where is_latest

),

flows as (

    select flows.*
    from {{ ref('int_trade__baci_flows') }} as flows
    inner join editions
        on
            flows.edition = editions.edition
            and flows.nomenclature = editions.nomenclature
            and flows.product_code = editions.product_code
            and flows.year = editions.year

),

-- no declared product needs no reference flow
declared_products as (

    select * from flows
    where exists (select 1 from {{ ref('int_trade__comtrade_mapped') }})

),

ranked as (

    select
        *,
        row_number() over (
            partition by importer_id, nomenclature, product_code, year
            order by value_usd desc, exporter_id
        ) as place
    from declared_products
    where importer_id <> 'ROW'

),

importers as (

    select distinct importer_id, nomenclature, product_code from ranked

),

years as (

    select
        nomenclature, product_code, year,
        max(case when is_truncated then 1 else 0 end) = 1 as is_truncated,
        max(known_from_date) as known_from_date
    from declared_products
    group by nomenclature, product_code, year

)

select
    exporter_id, importer_id, nomenclature, product_code,
    cast(year as integer) as year,
    value_usd, known_from_date
from ranked
where value_usd > 0

union all

-- BACI begins at a thousand dollars; a truncated year keeps each importer's six largest suppliers
select
    'ANY' as exporter_id,
    importers.importer_id, years.nomenclature, years.product_code,
    cast(years.year as integer) as year,
    case
        when years.is_truncated then greatest(coalesce(sixth.value_usd, 1000), 1000)
        else 1000
    end as value_usd,
    years.known_from_date
from years
inner join importers
    on
        years.nomenclature = importers.nomenclature
        and years.product_code = importers.product_code
left join ranked as sixth
    on
        importers.importer_id = sixth.importer_id
        and importers.nomenclature = sixth.nomenclature
        and importers.product_code = sixth.product_code
        and years.year = sixth.year
        and sixth.place = 6
