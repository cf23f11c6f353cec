with

seed as (

    select * from {{ seed_as_known(ref('fx_annual')) }}

)

select
    year, currency, usd_per_unit, rate_kind, source, source_url, confidence, known_from_date,
    known_from_basis
from seed
