-- Who is the largest producer of each material at each stage, in the newest year of all editions?
select
    material, stage, year, country,
    round(100 * production_share, 1) as share_percent,
    quantity, quantity_unit, figure_status, edition
from analysis.production_leaders
where producer_rank = 1
qualify year = max(year) over (partition by material_id, stage_id)
order by production_share desc nulls last, material, stage
