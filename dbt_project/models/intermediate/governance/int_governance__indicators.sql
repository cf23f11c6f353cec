-- One row per edition, publisher's country code, year and dimension: estimates by our
-- country ids; a code without a mapping is UNMAPPED and stays.
with

indicators as (

    select * from {{ ref('stg_worldbank_wgi__indicators') }}

),

country_codes as (

    select code, country_id
    from {{ ref('int_country__codes') }}
    where code_system = 'wgi'

)

select
    indicators.source_id, indicators.edition,
    coalesce(country_codes.country_id, 'UNMAPPED') as country_id,
    indicators.country_code, indicators.year, indicators.dimension, indicators.estimate,
    indicators.standard_error, indicators.n_sources, indicators.value_status,
    indicators.known_from_date
from indicators
left join country_codes
    on indicators.country_code = country_codes.code
