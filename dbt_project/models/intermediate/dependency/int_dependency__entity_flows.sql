-- One row per entity, netting, membership variant, item, period and supplier: what an importer or a
-- bloc as one importer buys from whom. A bloc's re-imports (a member from itself) are in none of its
-- rows; a country's are marked. Where members are measured on several bases, all are brought to free
-- on board.
-- noqa: disable=LT02
{{ config(tags=['spark']) }}
{% set item_period = ['item_kind', 'item_id', 'stage_id', 'period_type', 'period_start_date'] %}
with

item_flows as (

    select * from {{ ref('int_trade__item_flows') }}

),

item_measurements as (

    select * from {{ ref('int_trade__item_measurements') }}

),

measurements as (

    select * from {{ ref('int_dependency__entity_measurements') }}

),

factors as (

    select * from {{ ref('stg_reference__basis_factors') }}

),

members as (

    select * from {{ ref('int_dependency__bloc_members') }}
    where membership_variant in ('as_of_today', 'as_of_period')

),

tags as (

    select * from {{ ref('int_dependency__supplier_tags') }}

),

country_flows as (

    select
        importer_id as entity_id,
        'gross' as netting,
        'none' as membership_variant,
        {{ item_period | join(', ') }},
        exporter_id as supplier_id,
        value_usd, value_low_usd, value_high_usd, basket_value_usd, value_best_usd, net_weight_kg,
        weighed_value_usd, is_reimport
    from item_flows

),

-- what each member's flows are multiplied by (distinct keeps it small: it is joined before the flows)
member_items as (

    select distinct
        members.bloc_id, members.membership_variant, own.importer_id,
        {% for column in item_period %}own.{{ column }}, {% endfor %}own.period_end_date,
        case when contains(blocs.bases, '|') then factors.to_fob_point else 1.0 end as factor,
        case when contains(blocs.bases, '|') then factors.to_fob_low else 1.0 end as factor_low,
        case when contains(blocs.bases, '|') then factors.to_fob_high else 1.0 end as factor_high
    from item_measurements as own
    inner join factors
        on own.flow_basis = factors.flow_basis
    inner join members
        on
            own.period_end_date = members.period_end_date
            and own.importer_id = members.country_id
    inner join measurements as blocs
        on
            members.bloc_id = blocs.entity_id
            and members.membership_variant = blocs.membership_variant
            {%- for column in item_period %}
            and own.{{ column }} = blocs.{{ column }}
            {%- endfor %}

),

member_flows as (

    select
        items.bloc_id, items.membership_variant, items.factor, items.factor_low, items.factor_high,
        flows.*,
        coalesce(tags.is_member, false) as is_intra
    from item_flows as flows
    inner join member_items as items
        using (importer_id, {{ item_period | join(', ') }})
    left join tags
        on
            items.membership_variant = tags.membership_variant
            and items.period_end_date = tags.period_end_date
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
        flows.bloc_id as entity_id,
        nettings.netting, flows.membership_variant,
        {% for column in item_period %}flows.{{ column }}, {% endfor %}
        flows.exporter_id as supplier_id,
        sum(round(flows.value_usd * flows.factor)) as value_usd,
        sum(round(flows.value_low_usd * flows.factor_low)) as value_low_usd,
        sum(round(flows.value_high_usd * flows.factor_high)) as value_high_usd,
        sum(round(flows.basket_value_usd * flows.factor)) as basket_value_usd,
        case
            when count(flows.value_best_usd) = count(*)
                then sum(round(flows.value_best_usd * flows.factor))
        end as value_best_usd,
        case
            when count(flows.net_weight_kg) = count(*) then {{ exact_sum('flows.net_weight_kg') }}
        end as net_weight_kg,
        sum(round(flows.weighed_value_usd * flows.factor)) as weighed_value_usd,
        false as is_reimport
    from member_flows as flows
    inner join nettings
        on nettings.netting = 'gross' or not flows.is_intra
    group by
        flows.bloc_id, nettings.netting, flows.membership_variant,
        {% for column in item_period %}flows.{{ column }}, {% endfor %}flows.exporter_id

),

entity_flows as (

    select * from country_flows
    union all
    select * from bloc_flows

)

select
    flows.*,
    measurements.source_id, measurements.edition, measurements.flow_basis,
    measurements.nomenclature, measurements.period_end_date, measurements.year,
    measurements.denominator_scope, measurements.is_truncated, measurements.is_complete,
    measurements.lineage_id,
    tags.is_member, tags.is_partly_member, tags.is_group, tags.is_unallocated, tags.is_concern,
    tags.concern_list_id, tags.is_concern_retroactive
from entity_flows as flows
inner join measurements
    using (entity_id, membership_variant, {{ item_period | join(', ') }})
left join tags
    on
        flows.membership_variant = tags.membership_variant
        and measurements.period_end_date = tags.period_end_date
        and flows.supplier_id = tags.supplier_id
