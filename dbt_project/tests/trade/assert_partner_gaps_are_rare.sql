{{ config(
    severity='warn',
    description="At most 5 % of an edition's declared rows are of products whose partners miss World; "
        ~ "more means lost partners."
) }}
select
    source_id, edition,
    count(*) as n_rows,
    avg(case when is_partner_gap then 1.0 else 0.0 end) as gap_share
from {{ ref('fct_trade_reported') }}
group by source_id, edition
having avg(case when is_partner_gap then 1.0 else 0.0 end) > 0.05
