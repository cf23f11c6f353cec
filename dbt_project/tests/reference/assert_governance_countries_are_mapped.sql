{{ config(
    severity='warn',
    description="At most 2 % of an edition's indicators have a country code that nobody has "
        ~ "decided."
) }}
select
    edition,
    count(*) as n_rows,
    avg(case when country_id = 'UNMAPPED' then 1.0 else 0.0 end) as unmapped_share
from {{ ref('fct_governance') }}
group by edition
having avg(case when country_id = 'UNMAPPED' then 1.0 else 0.0 end) > 0.02
