-- One row per importer, material, stage, year and edition of the reconciled flows: its imports and
-- exports on one basis. Only where no basket stands for the material: what is traded under a
-- basket is not the trade of one material.
with

imports as (

    select * from {{ ref('int_dependency__import_groups') }}
    where
        item_kind = 'material'
        and period_type = 'A'
        and membership_variant = 'none'
        and netting = 'gross'
        and basket_share = 0
        and imports_usd > 0
        and coverage_share = 1

),

exports as (

    select * from {{ ref('int_dependency__entity_exports') }}

)

select
    imports.source_id, imports.edition,
    imports.entity_id as country_id,
    imports.item_id as material_id,
    imports.stage_id, imports.year, imports.flow_basis, imports.imports_usd, exports.exports_usd,
    imports.net_weight_kg / 1000 as imports_t,
    imports.quality_flags,
    greatest(imports.known_from_date, exports.known_from_date) as known_from_date
from imports
inner join exports
    on
        imports.flow_basis = exports.flow_basis
        and imports.entity_id = exports.entity_id
        and imports.membership_variant = exports.membership_variant
        and imports.item_kind = exports.item_kind
        and imports.item_id = exports.item_id
        and imports.stage_id = exports.stage_id
        and imports.period_type = exports.period_type
        and imports.period_start_date = exports.period_start_date
