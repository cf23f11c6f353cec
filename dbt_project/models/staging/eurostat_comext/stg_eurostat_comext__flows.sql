with

landed as (

    select * from {{ source_as_known('eurostat_comext', 'flows') }}

)

select
    edition,
    {{ period_type_of('period') }} as period_type,
    {{ period_start_of('period') }} as period_start_date,
    {{ period_end_of('period') }} as period_end_date,
    cast(substr(period, 1, 4) as integer) as year,
    declarant, partner, flow, product_code, trade_type, stat_procedure, value_eur,
    -- Comext writes 0 where a weight is not required or suppressed
    nullif(quantity_kg, 0) as net_weight_kg,
    is_complete, known_from_date, payload_sha256, row_locator
from landed
