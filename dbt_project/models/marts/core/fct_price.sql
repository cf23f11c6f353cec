with

prices as (

    select * from {{ ref('int_methods__prices') }}

)

select
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(series_id as varchar) as series_id,
    cast(material_id as varchar) as material_id,
    cast(period_type as varchar) as period_type,
    cast(period_start_date as date) as period_start_date,
    cast(unit as varchar) as unit,
    cast(price as double) as price,
    cast(price_low as double) as price_low,
    cast(price_high as double) as price_high,
    cast(price_usd_t as double) as price_usd_t,
    cast(missing_reason as varchar) as missing_reason,
    cast(value_operator as varchar) as value_operator,
    cast(value_status as varchar) as value_status,
    cast(is_estimated as boolean) as is_estimated,
    cast(price_basis as varchar) as price_basis,
    cast(currency as varchar) as currency,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast(lineage_id as varchar) as lineage_id
from prices
