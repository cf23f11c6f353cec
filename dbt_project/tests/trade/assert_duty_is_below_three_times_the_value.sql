{{ config(
    severity='warn',
    description="A duty of more than three times the value means that columns were mixed up."
) }}
select
    edition, period_start_date, cty_code, product_code, value_usd, duty_usd
from {{ ref('stg_us_census__flows') }}
where duty_usd > 3 * value_usd and value_usd > 10000
