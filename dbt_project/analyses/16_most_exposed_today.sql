-- Which imports of members do controls of countries of concern hit most today, at least?
select
    country, item, stage, imports_year, imports_usd,
    round(100 * exposure_share_low, 1) as at_least_percent,
    round(100 * exposure_share_high, 1) as at_most_percent,
    n_controls, main_control
from analysis.exposure_today
where not is_basket and imports_usd >= 10000000
order by exposure_share_low desc nulls last, imports_usd desc
limit 20
