with

landed as (

    select * from {{ source_as_known('cepii_geodist', 'countries') }}

)

select
    edition, country_code, country_name, main_city, area_km2, latitude, longitude, internal_km,
    is_landlocked, is_computed, known_from_date, payload_sha256, row_locator
from landed
