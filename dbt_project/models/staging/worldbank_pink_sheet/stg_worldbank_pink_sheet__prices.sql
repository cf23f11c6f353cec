with

prices as (

    select * from {{ source_as_known('worldbank_pink_sheet', 'prices') }}

)

select
    'worldbank_pink_sheet' as source_id,
    edition, series,
    unit as unit_text,
    cast(concat(left(month, 4), '-', right(month, 2), '-01') as date) as period_start_date,
    cast(price as double) as price,
    case when price is null then 'not_available' else 'reported' end as value_status,
    value_text, known_from_date, payload_sha256, row_locator
from prices
