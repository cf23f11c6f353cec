-- Concentration of the world's production by stage and year, as each edition states it.
select
    concentration.item_id as key, stages.stage_name as item,
    'edition ' || concentration.edition as label, concentration.year, concentration.hhi,
    concentration.hhi_low, concentration.hhi_high, concentration.top1_id, concentration.top1_share,
    concentration.is_latest_edition
from marts.concentration as concentration
inner join marts.dim_stage as stages
    on concentration.stage_id = stages.stage_id
where
    concentration.scope = 'world_production' and concentration.denominator = 'sum_rows'
    and concentration.item_kind = 'material' and concentration.hhi is not null
order by key, stages.stage_order, item, concentration.edition, concentration.year
