with

seed as (

    select * from {{ known_seed(ref('fx_annual')) }}

)

select
    year,
    currency,
    usd_per_unit,
    rate_kind,
    source,
    source_url,
    confidence,
    known_from_date,
    known_from_basis
from seed
