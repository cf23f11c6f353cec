{{ config(tags=['spark']) }}

with

import_groups as (

    select * from {{ ref('int_dependency__import_groups') }}

),

concentrations as (

    select * from {{ ref('concentration') }}
    where scope = 'entity_imports'

),

exports as (

    select * from {{ ref('int_dependency__entity_exports') }}

),

production as (

    select
        entity_production.*,
        'material' as item_kind,
        'A' as period_type
    from {{ ref('int_dependency__entity_production') }} as entity_production

),

-- the country's own statistics of the stage, in the current edition
reliance as (

    select
        published.*,
        stages.stage_id,
        'material' as item_kind,
        'A' as period_type
    from {{ ref('net_import_reliance') }} as published
    inner join {{ ref('dim_stage') }} as stages
        on concat('|', published.stage_ids, '|') like concat('%|', stages.stage_id, '|%')
    where published.method = 'published' and published.known_to_date is null

),

removals as (

    select
        *,
        'material' as item_kind,
        'A' as period_type
    from {{ ref('n_minus') }}
    where removal = 'top1'

),

joined as (

    select
        imports.*,
        imports.net_weight_kg / 1000 as imports_t,
        concentrations.hhi, concentrations.top1_id, concentrations.top1_share, exports.exports_usd,
        exports.source_id as exports_source_id,
        exports.flow_basis as exports_flow_basis,
        exports.lineage_id as exports_lineage_id,
        production.production_t,
        production.qty_basis as production_qty_basis,
        production.lineage_id as production_lineage_id,
        reliance.nir_ratio, reliance.nir_operator,
        reliance.form_id as nir_form_id,
        reliance.is_net_exporter, reliance.ac_t,
        reliance.qty_basis as consumption_qty_basis,
        reliance.lineage_id as reliance_lineage_id,
        removals.n1_supply_share
    from import_groups as imports
    left join concentrations
        on
            imports.entity_id = concentrations.entity_id
            and imports.netting = concentrations.netting
            and imports.membership_variant = concentrations.membership_variant
            and imports.item_kind = concentrations.item_kind
            and imports.item_id = concentrations.item_id
            and imports.stage_id = concentrations.stage_id
            and imports.period_type = concentrations.period_type
            and imports.period_start_date = concentrations.period_start_date
    left join exports
        on
            imports.entity_id = exports.entity_id
            and imports.membership_variant = exports.membership_variant
            and imports.item_kind = exports.item_kind
            and imports.item_id = exports.item_id
            and imports.stage_id = exports.stage_id
            and imports.period_type = exports.period_type
            and imports.period_start_date = exports.period_start_date
    left join production
        on
            imports.entity_id = production.entity_id
            and imports.membership_variant = production.membership_variant
            and imports.item_kind = production.item_kind
            and imports.item_id = production.material_id
            and imports.stage_id = production.stage_id
            and imports.year = production.year
            and imports.period_type = production.period_type
    left join reliance
        on
            imports.entity_id = reliance.country_id
            and imports.item_kind = reliance.item_kind
            and imports.item_id = reliance.material_id
            and imports.stage_id = reliance.stage_id
            and imports.year = reliance.year
            and imports.period_type = reliance.period_type
    left join removals
        on
            imports.item_kind = removals.item_kind
            and imports.entity_id = removals.scope
            and imports.netting = removals.netting
            and imports.membership_variant = removals.membership_variant
            and imports.item_id = removals.material_id
            and imports.stage_id = removals.stage_id
            and imports.year = removals.year
            and imports.period_type = removals.period_type

),

lineages as (

    select
        joined.*,
        {{ lineage_union([
            'lineage_id', 'exports_lineage_id', 'production_lineage_id', 'reliance_lineage_id',
        ]) }} as all_lineage_id
    from joined

),

grades as (

    select * from {{ quality_grades('import_groups') }}

),

exposure as (

    select * from {{ ref('control_exposure') }}
    where is_as_of_date and is_headline and path = 'direct'

)

select
    cast(lineages.entity_id as string) as entity_id,
    cast(lineages.netting as string) as netting,
    cast(lineages.membership_variant as string) as membership_variant,
    cast(lineages.item_kind as string) as item_kind,
    cast(lineages.item_id as string) as item_id,
    cast(lineages.stage_id as string) as stage_id,
    cast(lineages.period_type as string) as period_type,
    cast(lineages.period_start_date as date) as period_start_date,
    cast(lineages.period_end_date as date) as period_end_date,
    cast(lineages.year as integer) as year,
    cast(lineages.imports_usd as double) as imports_usd,
    cast(lineages.low_usd as double) as imports_low_usd,
    cast(lineages.high_usd / nullif(lineages.coverage_share, 0) as double) as imports_high_usd,
    cast(lineages.imports_t as double) as imports_t,
    cast(lineages.reimports_usd as double) as reimports_usd,
    cast(lineages.exports_usd as double) as exports_usd,
    cast(lineages.exports_source_id as string) as exports_source_id,
    cast(lineages.exports_flow_basis as string) as exports_flow_basis,
    cast(lineages.production_t as double) as domestic_production_t,
    cast(lineages.production_qty_basis as string) as production_qty_basis,
    cast(lineages.ac_t as double) as apparent_consumption_t,
    cast(lineages.consumption_qty_basis as string) as consumption_qty_basis,
    cast(lineages.nir_ratio as double) as nir_ratio,
    cast(lineages.nir_operator as string) as nir_operator,
    cast(lineages.nir_form_id as string) as nir_form_id,
    cast(lineages.is_net_exporter as boolean) as is_net_exporter,
    cast(lineages.n1_supply_share as double) as n1_cover_ratio,
    cast(lineages.concern_share as double) as concern_share,
    cast(lineages.concern_share_low as double) as concern_share_low,
    cast(lineages.concern_share_high as double) as concern_share_high,
    cast(lineages.concern_share_weight as double) as concern_share_weight,
    cast(lineages.member_share_low as double) as member_share_low,
    cast(lineages.member_share_high as double) as member_share_high,
    cast(lineages.top1_id as string) as top_supplier_id,
    cast(lineages.top1_share as double) as top_supplier_share,
    cast(lineages.hhi as double) as supplier_hhi,
    cast(lineages.n_suppliers as integer) as n_suppliers,
    cast(lineages.yoy_concern_share_pp as double) as yoy_concern_share_pp,
    cast(exposure.exposure_share_low as double) as control_exposure_share_low,
    cast(exposure.exposure_share_high as double) as control_exposure_share_high,
    cast(lineages.basket_share as double) as basket_share,
    cast(lineages.n_products as integer) as n_products,
    cast(lineages.product_codes as string) as product_codes,
    cast(lineages.nomenclature as string) as nomenclature,
    cast(lineages.source_id as string) as source_id,
    cast(lineages.edition as string) as edition,
    cast(lineages.flow_basis as string) as flow_basis,
    cast(lineages.denominator_scope as string) as denominator_scope,
    cast(lineages.preferred_reason as string) as preferred_reason,
    cast(lineages.n_members as integer) as n_members,
    cast(lineages.n_members_reporting as integer) as n_members_reporting,
    cast(lineages.membership_variant = 'as_of_today' as boolean) as is_fixed_basket,
    cast(grades.quality_grade as string) as quality_grade,
    cast(lineages.quality_flags as string) as quality_flags,
    cast(lineages.source_ids as string) as source_ids,
    cast(lineages.bases as string) as bases,
    cast(lineages.missing_reason as string) as missing_reason,
    cast(lineages.known_from_date as date) as known_from_date,
    cast(lineages.coverage_share as double) as coverage_share,
    cast(lineages.coverage_method as string) as coverage_method,
    cast(lineages.filing_coverage_share as double) as filing_coverage_share,
    cast(lineages.unmapped_share as double) as unmapped_share,
    cast(lineages.edition as string) as source_edition_max,
    cast(lineages.all_lineage_id as string) as lineage_id
from lineages
left join grades
    on lineages.quality_flags = grades.quality_flags
left join exposure
    on
        lineages.entity_id = exposure.entity_id
        and lineages.netting = exposure.netting
        and lineages.membership_variant = exposure.membership_variant
        and lineages.item_kind = exposure.item_kind
        and lineages.item_id = exposure.item_id
        and lineages.stage_id = exposure.stage_id
