with

countries as (

    select * from {{ ref('stg_reference__countries') }}

)

select
    cast(country_id as varchar) as country_id,
    cast(country_name as varchar) as country_name,
    cast(iso2 as varchar) as iso2,
    cast(m49 as varchar) as m49,
    cast(comtrade_code as varchar) as comtrade_code,
    cast(country_kind as varchar) as country_kind,
    cast(parent_id as varchar) as parent_id,
    cast(subregion as varchar) as subregion,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    cast(note as varchar) as note
from countries
order by country_id nulls last
