-- From whom does Japan buy permanent magnets (HS 850511)? Every source keeps its own basis.
select
    source_id, edition, flow_basis, year, rank, supplier_id, value_usd,
    round(100 * value_share, 1) as share_percent,
    is_concern, quality_flags
from marts.supplier_share
where
    entity_id = 'JPN'
    and item_kind = 'product'
    and item_id = '850511'
    and period_type = 'A'
    and year = 2024
order by source_id, rank nulls last
limit 10
