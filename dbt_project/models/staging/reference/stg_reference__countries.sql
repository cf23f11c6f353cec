with

seed as (

    select * from {{ ref('countries') }}

)

select
    country_id, country_name, official_name, iso2, m49, comtrade_code, country_kind, parent_id,
    subregion, valid_from, valid_to, note
from seed
