{{ config(
    severity='warn',
    description="At most 5 % of the declared rows belong to products whose partners miss World; "
        ~ "more means lost partners."
) }}
select
    count(*) as n_rows,
    avg(case when is_partner_gap then 1.0 else 0.0 end) as gap_share
from {{ ref('fct_trade_reported') }}
having avg(case when is_partner_gap then 1.0 else 0.0 end) > 0.05
