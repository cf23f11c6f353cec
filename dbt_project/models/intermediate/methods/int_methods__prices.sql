-- One row per source, edition, series and period: prices as printed, and per tonne where the unit is
-- one of mass.
with

monthly as (

    select * from {{ ref('stg_worldbank_pink_sheet__prices') }}

),

salient as (

    select *
    from {{ ref('int_production__us_salient') }}
    where statistic = 'price'

),

series as (

    select * from {{ ref('price_series') }}

),

units as (

    select * from {{ ref('price_units') }}

),

monthly_editions as (

    select
        source_id, edition, known_from_date,
        lead(known_from_date) over (partition by source_id order by known_from_date, edition)
            as known_to_date
    from (select distinct source_id, edition, known_from_date from monthly) as editions

),

sheet as (

    select
        monthly.source_id, monthly.edition,
        monthly.series as series_id,
        series.material_id,
        'M' as period_type,
        monthly.period_start_date,
        monthly.unit_text as unit,
        monthly.price,
        monthly.price as price_low,
        monthly.price as price_high,
        case when monthly.price is not null then '=' end as value_operator,
        monthly.value_status,
        false as is_estimated,
        series.price_basis,
        monthly.known_from_date, monthly_editions.known_to_date
    from monthly
    inner join series
        on
            monthly.source_id = series.source_id
            and monthly.series = series.series
    inner join monthly_editions
        on
            monthly.source_id = monthly_editions.source_id
            and monthly.edition = monthly_editions.edition
            and monthly.known_from_date = monthly_editions.known_from_date

),

-- a chapter prints several prices: purity, market, place
yearly as (

    select
        salient.source_id, salient.edition,
        salient.commodity_key || ': ' || coalesce(salient.detail, 'price')
        || case
            when salient.occurrence > 1 then ' #' || cast(salient.occurrence as varchar) else ''
        end
        || case when salient.unit is not null then ' (' || salient.unit || ')' else '' end
            as series_id,
        salient.material_id,
        'A' as period_type,
        cast(concat(cast(salient.year as varchar), '-01-01') as date) as period_start_date,
        coalesce(salient.unit, '') as unit,
        salient.value as price,
        salient.value_low as price_low,
        salient.value_high as price_high,
        salient.value_operator, salient.value_status, salient.is_estimated,
        case
            when lower(salient.detail) like '%unit value%' then 'customs_unit_value'
            when
                lower(salient.detail) like '%london metal exchange%'
                or lower(salient.detail) like '%lme%'
                or lower(salient.detail) like '%comex%'
                then 'exchange'
            else 'quoted'
        end as price_basis,
        salient.known_from_date, salient.known_to_date
    from salient

),

prices as (

    select * from sheet
    union all
    select * from yearly

)

select
    prices.source_id, prices.edition, prices.series_id, prices.material_id, prices.period_type,
    prices.period_start_date, prices.unit, prices.price, prices.price_low, prices.price_high,
    prices.price * units.usd_t_factor as price_usd_t,
    case
        when prices.price is null and prices.price_low is not null then 'range'
        when prices.price is null then prices.value_status
        when units.unit_text is null then 'not_a_price_unit'
        when units.usd_t_factor is null then 'not_a_unit_of_mass'
    end as missing_reason,
    prices.value_operator, prices.value_status, prices.is_estimated, prices.price_basis,
    'USD' as currency,
    prices.known_from_date, prices.known_to_date,
    {{ lineage_part('prices.source_id', 'prices.edition') }} as lineage_id
from prices
left join units on prices.unit = units.unit_text
