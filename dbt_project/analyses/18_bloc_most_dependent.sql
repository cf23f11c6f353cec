-- The partnership as one importer: on which items does it depend most on countries of concern?
select
    item, stage, imports_from_outside_usd,
    round(100 * concern_share, 1) as concern_percent,
    round(100 * members_production_share, 1) as members_production_percent,
    most_exposed_member
from analysis.bloc_headline
where year = 2024 and not is_basket and imports_from_outside_usd >= 100000000
order by concern_share desc nulls last, item
limit 15
