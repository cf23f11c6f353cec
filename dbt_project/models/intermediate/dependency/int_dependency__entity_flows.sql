-- One row per source, edition, entity, netting, membership variant, item, period, supplier and
-- basis: what an importer or a bloc as one importer buys from whom. A bloc's re-imports (a member
-- from itself) are in none of its rows; a country's are marked.
with

item_flows as (

    select * from {{ ref('int_trade__item_flows') }}

),

members as (

    select * from {{ ref('int_dependency__bloc_members') }}
    where membership_variant in ('as_of_today', 'as_of_period')

),

coverage as (

    select * from {{ ref('int_dependency__bloc_coverage') }}

),

thresholds as (

    select * from {{ ref('int_dependency__thresholds') }}

),

tags as (

    select * from {{ ref('int_dependency__supplier_tags') }}

),

-- a source in which a single member reports describes that member, not the bloc
described_blocs as (

    select coverage.*
    from coverage
    inner join thresholds
        on
            thresholds.threshold_id = 'bloc_min_reporting_members'
            and coverage.n_members_reporting >= thresholds.threshold

),

country_flows as (

    select
        source_id, edition,
        importer_id as entity_id,
        'gross' as netting,
        'none' as membership_variant,
        item_kind, item_id, stage_id, period_type, period_start_date,
        exporter_id as supplier_id,
        flow_basis, period_end_date, year, denominator_scope, value_usd,
        value_low_usd, value_high_usd, basket_value_usd, net_weight_kg, weighed_value_usd,
        is_truncated, is_complete, is_reimport, lineage_id
    from item_flows
    where importer_id <> 'ROW'

),

member_flows as (

    select
        members.bloc_id, members.membership_variant,
        flows.*,
        coalesce(tags.is_member, false) as is_intra
    from item_flows as flows
    inner join members
        on
            flows.period_end_date = members.period_end_date
            and flows.importer_id = members.country_id
    inner join described_blocs
        on
            members.bloc_id = described_blocs.bloc_id
            and members.membership_variant = described_blocs.membership_variant
            and flows.source_id = described_blocs.source_id
            and flows.edition = described_blocs.edition
            and flows.period_type = described_blocs.period_type
            and flows.period_start_date = described_blocs.period_start_date
    left join tags
        on
            members.membership_variant = tags.membership_variant
            and flows.period_end_date = tags.period_end_date
            and flows.exporter_id = tags.supplier_id
    where not flows.is_reimport

),

nettings as (

    select 'gross' as netting
    union all
    select 'extra' as netting

),

bloc_flows as (

    select
        flows.source_id, flows.edition,
        flows.bloc_id as entity_id,
        nettings.netting, flows.membership_variant, flows.item_kind, flows.item_id, flows.stage_id,
        flows.period_type, flows.period_start_date,
        flows.exporter_id as supplier_id,
        flows.flow_basis, flows.period_end_date, flows.year,
        flows.denominator_scope,
        sum(flows.value_usd) as value_usd,
        sum(flows.value_low_usd) as value_low_usd,
        sum(flows.value_high_usd) as value_high_usd,
        sum(flows.basket_value_usd) as basket_value_usd,
        case
            when count(flows.net_weight_kg) = count(*) then sum(flows.net_weight_kg)
        end as net_weight_kg,
        sum(flows.weighed_value_usd) as weighed_value_usd,
        bool_or(flows.is_truncated) as is_truncated,
        bool_and(flows.is_complete) as is_complete,
        false as is_reimport,
        min(flows.lineage_id) as lineage_id
    from member_flows as flows
    inner join nettings
        on nettings.netting = 'gross' or not flows.is_intra
    group by
        flows.source_id, flows.edition, flows.bloc_id, nettings.netting, flows.membership_variant,
        flows.item_kind, flows.item_id, flows.stage_id, flows.period_type, flows.period_start_date,
        flows.exporter_id, flows.flow_basis, flows.period_end_date, flows.year,
        flows.denominator_scope

),

entity_flows as (

    select * from country_flows
    union all
    select * from bloc_flows

)

select
    flows.*,
    tags.is_member, tags.is_partly_member, tags.is_group, tags.is_unallocated, tags.is_concern,
    tags.concern_list_id, tags.is_concern_retroactive
from entity_flows as flows
left join tags
    on
        flows.membership_variant = tags.membership_variant
        and flows.period_end_date = tags.period_end_date
        and flows.supplier_id = tags.supplier_id
