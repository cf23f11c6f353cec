-- What do the texts foresee in the next year, and how much of the bloc's imports is at stake?
select
    change_date, days_to_change, issuer_id, title, state_before, state_after,
    bloc_at_stake_usd_low, bloc_at_stake_usd_high, at_stake_missing_reason
from marts.expiry_calendar
where days_to_change <= 365
order by change_date, clause_id
