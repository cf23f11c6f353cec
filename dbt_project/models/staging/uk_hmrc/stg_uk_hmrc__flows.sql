with

landed as (

    select * from {{ source_as_known('uk_hmrc', 'flows') }}

)

select
    edition,
    {{ period_type_of('period') }} as period_type,
    {{ period_start_of('period') }} as period_start_date,
    {{ period_end_of('period') }} as period_end_date,
    cast(substr(period, 1, 4) as integer) as year,
    flow, partner, product_code, value_usd, value_gbp,
    -- HMRC writes 0 where it suppresses the weight
    nullif(net_mass_kg, 0) as net_weight_kg,
    is_confidential, is_converted_upstream, is_complete, n_lines, known_from_date, payload_sha256,
    row_locator
from landed
