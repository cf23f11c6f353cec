-- The bloc as one importer: its share from countries of concern today, and what each accession
-- would change (percentage points).
select
    item_id, stage_id, membership_variant, n_members,
    round(100 * concern_share, 1) as concern_percent,
    delta_vs_base_pp
from marts.bloc_dependency
where bloc_id = 'BLOC:PAX_SILICA' and item_kind = 'material' and year = 2024
order by item_id, stage_id, membership_variant
limit 40
