-- In how many items is each member exposed above a quarter of its imports, at least and at most?
select
    country,
    count(*) as n_items,
    count(*) filter (where exposure_share_low > 0.25) as n_at_least,
    count(*) filter (where exposure_share_high > 0.25) as n_at_most
from analysis.exposure_today
group by country
order by n_at_least desc, n_at_most desc, country
