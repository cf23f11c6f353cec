{{ config(
    severity='warn',
    description="At most 2 % of the governance indicators have a country code that nobody has "
        ~ "decided."
) }}
select
    count(*) as n_rows,
    avg(case when country_id = 'UNMAPPED' then 1.0 else 0.0 end) as unmapped_share
from {{ ref('fct_governance') }}
having avg(case when country_id = 'UNMAPPED' then 1.0 else 0.0 end) > 0.02
