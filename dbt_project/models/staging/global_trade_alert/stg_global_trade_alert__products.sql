with

products as (

    select * from {{ source_as_known('global_trade_alert', 'products') }}

)

select
    'global_trade_alert' as source_id,
    edition,
    cast(intervention_id as varchar) as record_id,
    product_code_raw, payload_sha256, row_locator
from products
