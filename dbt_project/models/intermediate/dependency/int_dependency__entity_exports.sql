-- One row per entity, membership variant, item and period of the reconciled flows: its exports to
-- everybody, zero when the source knows the item in that period and nothing of this exporter.
-- noqa: disable=ST07
{{ config(tags=['spark']) }}

with

world_exports as (

    select * from {{ ref('int_dependency__world_exports') }}

),

members as (

    select * from {{ ref('int_dependency__bloc_members') }}
    where membership_variant in ('as_of_today', 'as_of_period')

),

import_groups as (

    select * from {{ ref('int_dependency__import_groups') }}

),

known_items as (

    select
        source_id, edition, item_kind, item_id, stage_id, period_type, period_start_date,
        flow_basis,
        bool_or(is_truncated) as is_truncated,
        max(known_from_date) as known_from_date,
        min(series_codes) as series_codes,
        min(lineage_id) as lineage_id
    from world_exports
    group by
        source_id, edition, item_kind, item_id, stage_id, period_type, period_start_date,
        flow_basis

),

exports as (

    select
        exporter_id as entity_id,
        'none' as membership_variant,
        item_kind, item_id, stage_id, period_type, period_start_date, exports_usd
    from world_exports

    union all

    select
        members.bloc_id as entity_id,
        members.membership_variant, world_exports.item_kind, world_exports.item_id, world_exports.stage_id,
        world_exports.period_type, world_exports.period_start_date,
        sum(world_exports.exports_usd) as exports_usd
    from world_exports
    inner join members
        on
            world_exports.exporter_id = members.country_id
            and world_exports.period_end_date = members.period_end_date
    group by
        members.bloc_id, members.membership_variant, world_exports.item_kind, world_exports.item_id,
        world_exports.stage_id, world_exports.period_type, world_exports.period_start_date

),

entities as (

    select distinct
        entity_id, membership_variant, item_kind, item_id, stage_id, period_type, period_start_date,
        n_products_mapped
    from import_groups

)

select
    entities.entity_id, entities.membership_variant, entities.item_kind, entities.item_id,
    entities.stage_id, entities.period_type, entities.period_start_date,
    -- exports of some of the codes are no exports of the item
    case
        when
            length(known_items.series_codes) - length(replace(known_items.series_codes, '|', '')) + 1
            >= entities.n_products_mapped
            then coalesce(exports.exports_usd, 0)
    end as exports_usd,
    known_items.source_id, known_items.edition, known_items.flow_basis, known_items.is_truncated,
    known_items.known_from_date,
    known_items.lineage_id
from entities
inner join known_items
    using (item_kind, item_id, stage_id, period_type, period_start_date)
left join exports
    using (
        entity_id, membership_variant, item_kind, item_id, stage_id, period_type,
        period_start_date
    )
