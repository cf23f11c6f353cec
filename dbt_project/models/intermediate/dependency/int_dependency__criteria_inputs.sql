-- One row per entity, netting, product and year: the numbers that every method of
-- dependency_tests reads, so that the methods differ by their criteria alone.
with

concentrations as (

    select * from {{ ref('concentration') }}

),

world as (

    select * from concentrations
    where scope = 'world_exports' and item_kind = 'product' and period_type = 'A'

),

import_groups as (

    select * from {{ ref('int_dependency__import_groups') }}
    where
        item_kind = 'product'
        and period_type = 'A'
        and membership_variant in ('none', 'as_of_today')

),

gross as (

    select * from import_groups where netting = 'gross'

),

exports as (

    select * from {{ ref('int_dependency__entity_exports') }}

)

select
    imports.entity_id, imports.netting, imports.membership_variant, imports.nomenclature,
    imports.item_id as product_code,
    imports.year, imports.source_id, imports.edition, imports.flow_basis, imports.imports_usd,
    gross.imports_usd as gross_imports_usd,
    exports.exports_usd,
    concentrations.hhi as import_hhi,
    world.hhi as world_export_hhi,
    imports.quality_flags, imports.coverage_share, imports.filing_coverage_share,
    imports.unmapped_share, imports.lineage_id
from import_groups as imports
inner join world
    on
        imports.item_id = world.item_id
        and imports.period_start_date = world.period_start_date
inner join gross
    on
        imports.entity_id = gross.entity_id
        and imports.membership_variant = gross.membership_variant
        and imports.item_id = gross.item_id
        and imports.period_start_date = gross.period_start_date
inner join exports
    on
        imports.entity_id = exports.entity_id
        and imports.membership_variant = exports.membership_variant
        and exports.item_kind = 'product'
        and imports.item_id = exports.item_id
        and exports.period_type = 'A'
        and imports.period_start_date = exports.period_start_date
left join concentrations
    on
        concentrations.scope = 'entity_imports'
        and imports.entity_id = concentrations.entity_id
        and imports.netting = concentrations.netting
        and imports.membership_variant = concentrations.membership_variant
        and concentrations.item_kind = 'product'
        and imports.item_id = concentrations.item_id
        and concentrations.period_type = 'A'
        and imports.period_start_date = concentrations.period_start_date
