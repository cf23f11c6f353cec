with

indicators as (

    select * from {{ source_as_known('worldbank_wgi', 'indicators') }}

)

select
    'worldbank_wgi' as source_id,
    edition, country_code, country_name,
    cast(year as integer) as year,
    indicator as dimension,
    cast(estimate as double) as estimate,
    cast(stddev as double) as standard_error,
    cast(n_sources as integer) as n_sources,
    case when estimate is null then 'not_available' else 'reported' end as value_status,
    value_text, known_from_date, payload_sha256, row_locator
from indicators
