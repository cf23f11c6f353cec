-- Imports of each member that controls of countries of concern in force hit, most exposed first.
select
    country_id as key, item || ', ' || lower(stage) as label,
    exposure_share_best, exposure_share_low, exposure_share_high, is_basket, imports_usd,
    imports_year, n_controls, main_control, main_issuer, why_no_best
from analysis.exposure_today
where exposure_share_high > 0 and n_controls > 0
order by country_id, exposure_share_high desc, exposure_share_low desc, label
