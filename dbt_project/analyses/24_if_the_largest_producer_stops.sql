-- What is left of the world's production if the largest producer stops?
select
    material_id, stage_id, year, removed_ids as producer,
    round(100 * n1_supply_share, 1) as left_percent
from marts.n_minus
where scope = 'world' and removal = 'top1'
qualify year = max(year) over (partition by material_id, stage_id)
order by n1_supply_share nulls last, material_id, stage_id
limit 20
