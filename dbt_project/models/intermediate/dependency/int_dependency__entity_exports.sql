-- One row per entity, membership variant, item and period of the reconciled flows: its exports to
-- everybody, zero when the source knows the item in that period and nothing of this exporter.
-- noqa: disable=ST07
with

world_exports as (

    select * from {{ ref('int_dependency__world_exports') }}

),

members as (

    select * from {{ ref('int_dependency__bloc_members') }}
    where membership_variant in ('as_of_today', 'as_of_period')

),

precedence as (

    select * from {{ ref('stg_reference__source_precedence') }}

),

import_groups as (

    select * from {{ ref('int_dependency__import_groups') }}
    where is_preferred

),

preferred as (

    select
        world_exports.*,
        dense_rank() over (
            partition by
                world_exports.item_kind, world_exports.item_id, world_exports.stage_id,
                world_exports.period_type, world_exports.period_start_date
            order by
                precedence.priority asc nulls last, world_exports.source_id asc,
                world_exports.edition desc
        ) as source_rank
    from world_exports
    left join precedence
        on world_exports.source_id = precedence.source_id

),

known_items as (

    select
        source_id, edition, item_kind, item_id, stage_id, period_type, period_start_date,
        flow_basis,
        bool_or(is_truncated) as is_truncated,
        min(lineage_id) as lineage_id
    from preferred
    where source_rank = 1
    group by
        source_id, edition, item_kind, item_id, stage_id, period_type, period_start_date,
        flow_basis

),

exports as (

    select
        exporter_id as entity_id,
        'none' as membership_variant,
        item_kind, item_id, stage_id, period_type, period_start_date, exports_usd
    from preferred
    where source_rank = 1

    union all

    select
        members.bloc_id as entity_id,
        members.membership_variant, preferred.item_kind, preferred.item_id, preferred.stage_id,
        preferred.period_type, preferred.period_start_date,
        sum(preferred.exports_usd) as exports_usd
    from preferred
    inner join members
        on
            preferred.exporter_id = members.country_id
            and preferred.period_end_date = members.period_end_date
    where preferred.source_rank = 1
    group by
        members.bloc_id, members.membership_variant, preferred.item_kind, preferred.item_id,
        preferred.stage_id, preferred.period_type, preferred.period_start_date

),

entities as (

    select distinct
        entity_id, membership_variant, item_kind, item_id, stage_id, period_type, period_start_date
    from import_groups

)

select
    entities.entity_id, entities.membership_variant, entities.item_kind, entities.item_id,
    entities.stage_id, entities.period_type, entities.period_start_date,
    coalesce(exports.exports_usd, 0) as exports_usd,
    known_items.source_id, known_items.edition, known_items.flow_basis, known_items.is_truncated,
    known_items.lineage_id
from entities
inner join known_items
    using (item_kind, item_id, stage_id, period_type, period_start_date)
left join exports
    using (
        entity_id, membership_variant, item_kind, item_id, stage_id, period_type,
        period_start_date
    )
