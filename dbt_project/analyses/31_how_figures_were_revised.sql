-- Which shares of world production moved most when the next edition was printed?
select
    material_id, stage_id, country_id, year, edition_from, edition_to,
    round(100 * production_share_from, 1) as percent_from,
    round(100 * production_share_to, 1) as percent_to,
    round(production_share_change_pp, 1) as change_pp
from marts.vintage_revision
where row_kind = 'country' and production_share_change_pp is not null
order by abs(production_share_change_pp) desc, material_id, country_id, year
limit 20
