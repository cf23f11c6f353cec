{{ config(
    description="Every country of CEPII's list has one of our ids; a new code of a new edition gives a warning.",
    severity='warn'
) }}
with

countries as (

    select * from {{ ref('stg_cepii_baci__countries') }}

),

codes as (

    select * from {{ ref('int_country__codes') }}

)

select
    countries.edition, countries.country_code, countries.country_name, countries.country_iso3
from countries
left join codes
    on
        codes.code_system = 'iso3'
        and countries.country_iso3 = codes.code
where codes.country_id is null
