-- The changes that the texts foresee next, whoever issued them.
select
    expiry.change_date, expiry.days_to_change,
    coalesce(countries.country_name, replace(expiry.issuer_id, '|', ', ')) as issuer,
    expiry.title, expiry.state_before, expiry.state_after, replace(expiry.items_text, '|', ', ')
        as items,
    expiry.bloc_at_stake_usd_low, expiry.bloc_at_stake_usd_high, expiry.at_stake_missing_reason
from marts.expiry_calendar as expiry
left join marts.dim_country as countries
    on expiry.issuer_id = countries.country_id
order by expiry.change_date, expiry.title
limit 12
