with

landed as (

    select * from {{ source_as_known('cepii_baci', 'countries') }}

)

select
    edition, country_code, country_name, country_iso2, country_iso3, known_from_date,
    payload_sha256, row_locator
from landed
