-- The ten largest producers of each material and stage, newest year of all editions.
select
    material_id as key, country || ', ' || lower(stage) as label, production_share,
    production_share_low, production_share_high, quantity, quantity_unit, figure_status, is_member,
    is_country_of_concern, year, grade, edition
from analysis.production_leaders
where producer_rank <= 10
qualify year = max(year) over (partition by material_id, stage_id)
order by material_id, stage, production_share desc nulls last, country
