{{ config(
    severity='warn',
    description="Goods that come back to an EU member are few; many mean that declarant and "
        ~ "partner were mixed up."
) }}
select
    edition, period_start_date, declarant, product_code, value_eur
from {{ ref('stg_eurostat_comext__flows') }}
where declarant = partner and value_eur > 0
