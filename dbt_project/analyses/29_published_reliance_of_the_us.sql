-- How much of what the United States uses is imported, as the survey prints it (newest year)?
select
    material_id, form_id, year, nir_operator,
    round(100 * nir_ratio, 0) as reliance_percent,
    value_status, edition
from marts.net_import_reliance
where country_id = 'USA' and method = 'published' and known_to_date is null
qualify year = max(year) over () and edition = max(edition) over ()
order by nir_ratio desc nulls last, material_id, form_id
limit 30
