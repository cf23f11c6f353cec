-- noqa: disable=LT02
with

shares as (

    select * from {{ ref('supplier_share') }}
    where
        period_type = 'A'
        and membership_variant = 'none'
        and is_preferred
        and not is_reimport
        and item_kind in ('material', 'good')

),

bands as (

    select * from {{ ref('int_trade__item_flows') }}
    where period_type = 'A' and not is_reimport

),

members as (

    select * from {{ ref('int_country__members') }}

),

flows as (

    select
        shares.*,
        coalesce(bands.value_low_usd, shares.value_usd) as value_low_usd,
        coalesce(bands.value_high_usd, shares.value_usd) as value_high_usd,
        -- of a basket the value of all of it may be more than the item can be
        least(
            greatest(shares.value_usd, coalesce(bands.value_low_usd, shares.value_usd)),
            coalesce(bands.value_high_usd, shares.value_usd)
        ) as value_point_usd,
        coalesce(bands.weighed_value_usd, 0) as weighed_value_usd
    from shares
    inner join members
        on shares.entity_id = members.country_id
    left join bands
        on
            shares.entity_id = bands.importer_id
            and shares.supplier_id = bands.exporter_id
            and shares.item_kind = bands.item_kind
            and shares.item_id = bands.item_id
            and shares.stage_id = bands.stage_id
            and shares.period_type = bands.period_type
            and shares.period_start_date = bands.period_start_date

),

-- one year and one unit for all partners: tonnes where nearly all of the value is weighed and no
-- code is a basket, whose weight is not that of the item
worlds as (

    select
        item_kind, item_id, stage_id, year,
        bool_or(coalesce(is_basket, false)) as has_baskets,
        sum(weighed_value_usd) / nullif(sum(value_usd), 0) as weight_coverage_share
    from flows
    group by item_kind, item_id, stage_id, year
    qualify row_number() over (partition by item_kind, item_id, stage_id order by year desc) = 1

),

units as (

    select
        worlds.*,
        not has_baskets and coalesce(weight_coverage_share >= 0.9, false) as is_weighed
    from worlds

),

-- one reason for all deliveries of an importer: it is known whole or not at all
measured as (

    select
        entity_id, item_kind, item_id, stage_id, year,
        case
            when min(coalesce(coverage_share, 0)) < 0.5
                then 'less than half of the item is measured'
        end as missing_reason
    from flows
    group by entity_id, item_kind, item_id, stage_id, year

),

imports as (

    select
        flows.item_kind, flows.item_id, flows.stage_id, flows.supplier_id,
        flows.entity_id as importer_id,
        flows.year as base_year,
        units.is_weighed, flows.value_usd, flows.net_weight_kg,
        -- a quantity in dollars is one dollar each
        {% for end, name in [('_point', ''), ('_low', '_low'), ('_high', '_high')] -%}
        case when measured.missing_reason is null then
            case
                when not units.is_weighed then flows.value{{ end }}_usd / 1.0
                when flows.value_usd > 0
                    then
                        flows.net_weight_kg / 1000
                        * (flows.value{{ end }}_usd / flows.value_usd)
            end
        end as base{{ name }}_quantity,
        {% endfor -%}
        units.weight_coverage_share, flows.basket_share, flows.is_concern, measured.missing_reason,
        flows.coverage_share, flows.quality_grade, flows.quality_flags, flows.source_id,
        flows.edition, flows.source_ids, flows.lineage_id
    from flows
    inner join units
        on
            flows.item_kind = units.item_kind
            and flows.item_id = units.item_id
            and flows.stage_id = units.stage_id
            and flows.year = units.year
    inner join measured
        on
            flows.entity_id = measured.entity_id
            and flows.item_kind = measured.item_kind
            and flows.item_id = measured.item_id
            and flows.stage_id = measured.stage_id
            and flows.year = measured.year

),

-- tonnes of content that a tonne as traded holds, in the whole network of the year
factors as (

    select
        material_id, stage_id, year,
        {{ exact_sum('content_t_low') }} / {{ exact_sum('net_weight_t') }} as content_share_low,
        {{ exact_sum('content_t_high') }} / {{ exact_sum('net_weight_t') }} as content_share_high
    from {{ ref('int_methods__physical_flows') }}
    where has_factor and content_t_low > 0 and net_weight_t > 0
    group by material_id, stage_id, year

),

-- production and trade on one basis, of those who make at least what they sell. Who sells more than
-- it makes passes imports on: they are lost with the supplier, so that its imports stay its demand
kept as (

    select
        balances.country_id, balances.material_id, balances.stage_id, balances.year,
        balances.production_t - balances.exports_t as kept_t,
        case balances.qty_basis when 'net_weight' then 1.0 else factors.content_share_low end
            as content_share_low,
        case balances.qty_basis when 'net_weight' then 1.0 else factors.content_share_high end
            as content_share_high,
        balances.edition, balances.lineage_id, production.quality_grade, production.quality_flags
    from {{ ref('int_methods__physical_balance') }} as balances
    left join factors
        using (material_id, stage_id, year)
    inner join {{ ref('production_share') }} as production
        on
            balances.country_id = production.country_id
            and balances.material_id = production.material_id
            and balances.stage_id = production.stage_id
            and balances.year = production.year
            and production.denominator = 'sum_rows'
            and production.is_latest_edition
    where
        balances.production_source_id = {{ headline_production_source() }}
        and balances.missing_reason is null
        and balances.production_t >= balances.exports_t
        and (balances.qty_basis = 'net_weight' or factors.content_share_low > 0)

),

importers as (

    select
        item_kind, item_id, stage_id, importer_id, base_year, is_weighed,
        max(weight_coverage_share) as weight_coverage_share
    from imports
    where item_kind = 'material' and is_weighed and missing_reason is null
    group by item_kind, item_id, stage_id, importer_id, base_year, is_weighed

),

-- what a partner makes and does not sell: it delivers it to itself, as tonnes as traded
own_points as (

    select
        importers.*,
        importers.importer_id as supplier_id,
        2 * kept.kept_t / (kept.content_share_low + kept.content_share_high) as base_quantity,
        kept.content_share_low, kept.content_share_high,
        cast(0 as double) as basket_share,
        false as is_concern,
        cast(1 as double) as coverage_share,
        {{ headline_production_source() }} as source_id,
        kept.edition,
        {{ headline_production_source() }} as source_ids,
        kept.quality_grade, kept.quality_flags, kept.lineage_id
    from importers
    inner join kept
        on
            importers.importer_id = kept.country_id
            and importers.item_id = kept.material_id
            and importers.stage_id = kept.stage_id
            and importers.base_year = kept.year

),

own_supply as (

    select
        * exclude (content_share_low, content_share_high),
        base_quantity * (content_share_low + content_share_high) / (2 * content_share_high)
            as base_low_quantity,
        base_quantity * (content_share_low + content_share_high) / (2 * content_share_low)
            as base_high_quantity
    from own_points

),

deliveries as (

    select * from imports
    union all by name
    select * from own_supply where base_quantity > 0

)

select
    cast(deliveries.item_kind as varchar) as item_kind,
    cast(deliveries.item_id as varchar) as item_id,
    cast(deliveries.stage_id as varchar) as stage_id,
    cast(deliveries.supplier_id as varchar) as supplier_id,
    cast(deliveries.importer_id as varchar) as importer_id,
    cast(deliveries.base_year as integer) as base_year,
    cast(case when deliveries.is_weighed then 't' else 'usd' end as varchar) as quantity_unit,
    cast(case when deliveries.is_weighed then 'net_weight' else 'value' end as varchar) as qty_basis,
    cast(deliveries.value_usd as double) as value_usd,
    cast(deliveries.net_weight_kg as double) as net_weight_kg,
    cast(deliveries.base_quantity as double) as base_quantity,
    cast(deliveries.base_low_quantity as double) as base_low_quantity,
    cast(deliveries.base_high_quantity as double) as base_high_quantity,
    cast(
        case when own_supply.importer_id is not null then 'apparent_consumption' else 'imports' end
        as varchar
    ) as demand_basis,
    cast(deliveries.weight_coverage_share as double) as weight_coverage_share,
    cast(deliveries.basket_share as double) as basket_share,
    cast(deliveries.is_concern as boolean) as is_concern,
    cast(deliveries.missing_reason as varchar) as missing_reason,
    cast(deliveries.coverage_share as double) as coverage_share,
    cast(deliveries.quality_grade as varchar) as quality_grade,
    cast(deliveries.quality_flags as varchar) as quality_flags,
    cast(deliveries.source_id as varchar) as source_id,
    cast(deliveries.edition as varchar) as edition,
    cast(deliveries.source_ids as varchar) as source_ids,
    cast({{ distinct_parts('deliveries.lineage_id', '+') }} as varchar) as lineage_id
from deliveries
left join own_supply
    on
        deliveries.item_kind = own_supply.item_kind
        and deliveries.item_id = own_supply.item_id
        and deliveries.stage_id = own_supply.stage_id
        and deliveries.importer_id = own_supply.importer_id
order by
    item_kind nulls last, item_id nulls last, stage_id nulls last, importer_id nulls last,
    supplier_id nulls last
