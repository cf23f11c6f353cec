-- The most exposed imports of the United States on a day of your choice, as known on a day.
select
    item_kind, item_id, stage_id, exposure_share_low, exposure_share_high,
    exposure_if_suspensions_lapse_high, base_period_end_date, active_clause_ids
from marts.control_exposure_asof(date '2026-05-15', date '2026-10-01')
where
    entity_id = 'USA'
    and path = 'direct'
    and window_rule = 'pre_effective'
    and exposure_share_high > 0
order by exposure_share_high desc, base_imports_usd desc, item_id
limit 20
