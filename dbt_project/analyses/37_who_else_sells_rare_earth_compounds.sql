-- Where could Japan buy rare-earth compounds (HS 284690) instead?
select
    rank, alternative_supplier_id,
    round(imports_from_concern_t) as from_concern_t,
    round(current_t) as current_t,
    round(exportable_t) as exports_t,
    round(uncommitted_t_low) as to_concern_t,
    round(uncommitted_t_high) as to_concern_t_high,
    round(100 * cover_share, 1) as cover_percent,
    round(unit_value_premium_ratio, 2) as price_ratio,
    round(instability_share, 2) as instability_share,
    clause_ids, round(supplier_hhi, 2) as hhi, round(reachable_hhi, 2) as reachable_hhi,
    source_edition_max as edition
from marts.diversification_option
where entity_id = 'JPN' and item_kind = 'product' and item_id = '284690' and year = 2024
order by rank
limit 8
