{{ config(
    severity='warn',
    description="Records that fit two events alike wait for a person; more than 5 % mean a rule "
        ~ "that is too wide."
) }}
select
    count(*) as n_records,
    avg(case when match_rule = 'ambiguous' then 1.0 else 0.0 end) as ambiguous_share
from {{ ref('bridge_policy_event_source') }}
having avg(case when match_rule = 'ambiguous' then 1.0 else 0.0 end) > 0.05
