-- One row per scope, entity, item, period, source, edition, basis, denominator and supplier: the
-- shares of which a concentration is made, for the world's production, its exports, and imports.
-- noqa: disable=LT02
{{ config(tags=['spark']) }}

with

supplier_shares as (

    select * from {{ ref('supplier_share') }}

),

world_exports as (

    select * from {{ ref('int_dependency__world_exports') }}

),

production as (

    select * from {{ ref('production_share') }}

),

tags as (

    select * from {{ ref('int_dependency__supplier_tags') }}

),

imports as (

    select
        'entity_imports' as scope,
        entity_id, netting, membership_variant, item_kind, item_id, stage_id, period_type,
        period_start_date, period_end_date, year, source_id, edition,
        flow_basis as basis,
        'sum_rows' as denominator,
        supplier_id,
        value_share as share,
        rank as supplier_rank,
        false as is_residual_row,
        is_truncated, lineage_id
    from supplier_shares
    where value_share > 0

),

exports as (

    select
        'world_exports' as scope,
        'WLD' as entity_id,
        'gross' as netting,
        'none' as membership_variant,
        item_kind, item_id, stage_id, period_type, period_start_date, period_end_date, year,
        source_id, edition,
        flow_basis as basis,
        'sum_rows' as denominator,
        exporter_id as supplier_id,
        exports_usd / sum(exports_usd) over (
            partition by source_id, edition, item_kind, item_id, stage_id, period_type,
                period_start_date, flow_basis
        ) as share,
        cast(row_number() over (
            partition by source_id, edition, item_kind, item_id, stage_id, period_type,
                period_start_date, flow_basis
            order by exports_usd desc nulls last, exporter_id asc
        ) as integer) as supplier_rank,
        false as is_residual_row,
        is_truncated, lineage_id
    from world_exports
    where exports_usd > 0

),

produced as (

    select
        'world_production' as scope,
        'WLD' as entity_id,
        'gross' as netting,
        'none' as membership_variant,
        'material' as item_kind,
        material_id as item_id,
        stage_id,
        'A' as period_type,
        cast(concat(cast(year as string), '-01-01') as date) as period_start_date,
        cast(concat(cast(year as string), '-12-31') as date) as period_end_date,
        year, source_id, edition,
        'quantity' as basis,
        denominator,
        country_id as supplier_id,
        production_share as share,
        cast(row_number() over (
            partition by source_id, edition, material_id, stage_id, year, denominator
            order by
                case when row_kind = 'country' then 0 else 1 end asc,
                production_share desc nulls last, country_id asc
        ) as integer) as supplier_rank,
        row_kind <> 'country' as is_residual_row,
        false as is_truncated,
        lineage_id
    from production
    where production_share > 0

),

shares as (

    select * from imports
    union all
    select * from exports
    union all
    select * from produced

)

select
    shares.*,
    tags.is_concern, tags.is_member,
    shares.is_residual_row or coalesce(tags.is_unallocated, true) as is_residual
from shares
left join tags
    on
        shares.membership_variant = tags.membership_variant
        and shares.period_end_date = tags.period_end_date
        and shares.supplier_id = tags.supplier_id
