with

countries as (

    select * from {{ ref('int_policy__event_countries') }}

)

select
    cast(event_id as varchar) as event_id,
    cast(role as varchar) as role,
    cast(country_id as varchar) as country_id,
    cast(known_from_date as date) as known_from_date
from countries
order by event_id nulls last, role nulls last, country_id nulls last
