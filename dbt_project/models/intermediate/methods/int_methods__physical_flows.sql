-- One row per material, stage, year, exporter and importer: tonnes as traded, and what they contain.
-- Of each item and year one revision of the HS of CEPII's BACI whose network is whole (not truncated)
-- and has weights; only items of which no code is a basket, since its tonnes are of several materials.
-- noqa: disable=LT02
with

bridge as (

    select distinct
        nomenclature, product_code, item_id, stage_id, is_basket, content_factor_low,
        content_factor_high,
        coalesce(content_basis like 'typical%', false) as is_typical_factor,
        coalesce(content_basis like 'K2O%', false) as is_oxide_factor
    from {{ ref('bridge_product_material') }}
    where item_kind = 'material'

),

items as (

    select
        nomenclature, item_id, stage_id,
        count(distinct product_code) as n_codes
    from bridge
    group by nomenclature, item_id, stage_id
    having not bool_or(is_basket)

),

flows as (

    select *
    from {{ ref('fct_trade_reconciled') }}
    where
        source_id = 'cepii_baci'
        and period_type = 'A'
        and known_to_date is null
        and not is_truncated
        and exporter_id <> importer_id

),

mapped as (

    select
        flows.*,
        items.item_id as material_id,
        items.stage_id, items.n_codes, bridge.is_typical_factor, bridge.is_oxide_factor,
        flows.net_weight_kg / 1000 as net_weight_t,
        flows.net_weight_kg / 1000 * bridge.content_factor_low as content_t_low,
        flows.net_weight_kg / 1000 * bridge.content_factor_high as content_t_high,
        bridge.content_factor_low is not null as has_factor
    from flows
    inner join bridge
        on
            flows.nomenclature = bridge.nomenclature
            and flows.product_code = bridge.product_code
    inner join items
        on
            bridge.nomenclature = items.nomenclature
            and bridge.item_id = items.item_id
            and bridge.stage_id = items.stage_id

),

networks as (

    select
        material_id, stage_id, year, nomenclature,
        max(edition) as edition,
        bool_and(has_factor) as has_factor,
        bool_or(is_typical_factor) as is_typical_factor,
        bool_and(is_oxide_factor) as is_oxide_factor,
        {{ order_independent_sum('case when net_weight_t is not null then value_usd / 1e12 else 0 end') }}
        / ({{ order_independent_sum('value_usd / 1e12') }}) as weighed_share
    from mapped
    group by material_id, stage_id, year, nomenclature
    -- a code without any flow of the year is not in the bundle
    having count(distinct product_code) = max(n_codes)

),

chosen as (

    select *
    from networks
    where weighed_share >= 0.95
    qualify row_number() over (
        partition by material_id, stage_id, year order by nomenclature desc
    ) = 1

)

select
    mapped.material_id, mapped.stage_id, mapped.year, mapped.exporter_id, mapped.importer_id,
    mapped.nomenclature, mapped.edition,
    max(mapped.known_from_date) as known_from_date,
    max(mapped.lineage_id) as lineage_id,
    bool_or(chosen.has_factor) as has_factor,
    bool_or(chosen.is_typical_factor) as is_typical_factor,
    bool_or(chosen.is_oxide_factor) as is_oxide_factor,
    {%- for column in ['value_usd', 'net_weight_t', 'content_t_low', 'content_t_high'] %}
    {{ order_independent_sum('mapped.' ~ column ~ ' / 1e12') }} * 1e12 as {{ column }},
    {%- endfor %}
    {{ order_independent_sum('case when mapped.net_weight_t is null then mapped.value_usd / 1e12 else 0 end') }}
    * 1e12 as unweighed_value_usd
from mapped
inner join chosen
    using (material_id, stage_id, year, nomenclature, edition)
group by
    mapped.material_id, mapped.stage_id, mapped.year, mapped.exporter_id, mapped.importer_id,
    mapped.nomenclature, mapped.edition
