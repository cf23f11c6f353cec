with

landed as (

    select * from {{ source_as_known('us_census', 'flows') }}

)

select
    edition,
    {{ period_type_of('period') }} as period_type,
    {{ period_start_of('period') }} as period_start_date,
    {{ period_end_of('period') }} as period_end_date,
    cast(substr(period, 1, 4) as integer) as year,
    flow, cty_code, cty_name, product_code, description, value_usd,
    cal_duty_usd as duty_usd,
    scope as denominator_scope,
    known_from_date, payload_sha256, row_locator
from landed
