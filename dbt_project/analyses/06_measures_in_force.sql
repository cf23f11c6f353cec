-- Which restrictive measures of China are in force now, against whom and on what?
select
    clause_id, start_date, instrument, targets_text, items_text, next_state, next_change_date, title
from marts.policy_timeline
where issuer_id = 'CHN' and state = 'active' and is_current and direction = 'restrictive'
order by start_date desc nulls last
