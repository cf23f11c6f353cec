-- What the texts foresee after the release's day.
select
    change_date, issuer_id, title as label, state_before, state_after, days_to_change, instrument,
    bloc_at_stake_usd_low, bloc_at_stake_usd_high, at_stake_missing_reason
from marts.expiry_calendar
order by change_date, issuer_id, title
