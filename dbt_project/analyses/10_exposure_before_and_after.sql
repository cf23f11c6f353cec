-- What share of imports did China's controls on rare earths and on gallium and germanium hit,
-- before and after they took effect, and by which clauses?
select
    entity_id, item_id, as_of_date,
    round(exposure_share_low, 3) as share_low,
    round(exposure_share_high, 3) as share_high,
    base_period_end_date, source_id, active_clause_ids
from marts.control_exposure
where
    is_headline
    and item_kind = 'product'
    and (
        (item_id in ('284690', '280530') and as_of_date in ('2025-03-31', '2025-06-30'))
        or (
            item_id = '811292' and entity_id in ('JPN', 'KOR')
            and as_of_date in ('2023-06-30', '2023-09-30')
        )
    )
order by item_id, entity_id, as_of_date
