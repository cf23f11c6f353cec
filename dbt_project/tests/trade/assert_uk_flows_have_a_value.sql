{{ config(description="A flow of the United Kingdom has a value in dollars or in pounds.") }}
select
    edition, period_start_date, flow, partner, product_code
from {{ ref('stg_uk_hmrc__flows') }}
where value_usd is null and value_gbp is null
