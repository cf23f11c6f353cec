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

)

select
    cast(flows.item_kind as varchar) as item_kind,
    cast(flows.item_id as varchar) as item_id,
    cast(flows.stage_id as varchar) as stage_id,
    cast(flows.supplier_id as varchar) as supplier_id,
    cast(flows.entity_id as varchar) as importer_id,
    cast(flows.year as integer) as base_year,
    cast(case when units.is_weighed then 't' else 'usd' end as varchar) as quantity_unit,
    cast(case when units.is_weighed then 'net_weight' else 'value' end as varchar) as qty_basis,
    cast(flows.value_usd as double) as value_usd,
    cast(flows.net_weight_kg as double) as net_weight_kg,
    -- a quantity in dollars is one dollar each
    {% for end, name in [('_point', ''), ('_low', '_low'), ('_high', '_high')] -%}
    cast(
        case when measured.missing_reason is null then
            case
                when not units.is_weighed then flows.value{{ end }}_usd / 1.0
                when flows.value_usd > 0
                    then
                        flows.net_weight_kg / 1000
                        * (flows.value{{ end }}_usd / flows.value_usd)
            end
        end as double
    ) as base{{ name }}_quantity,
    {% endfor -%}
    cast(units.weight_coverage_share as double) as weight_coverage_share,
    cast(flows.basket_share as double) as basket_share,
    cast(flows.is_concern as boolean) as is_concern,
    cast(measured.missing_reason as varchar) as missing_reason,
    cast(flows.coverage_share as double) as coverage_share,
    cast(flows.quality_grade as varchar) as quality_grade,
    cast(flows.quality_flags as varchar) as quality_flags,
    cast(flows.source_id as varchar) as source_id,
    cast(flows.edition as varchar) as edition,
    cast(flows.source_ids as varchar) as source_ids,
    cast(flows.lineage_id as varchar) as lineage_id
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
order by
    item_kind nulls last, item_id nulls last, stage_id nulls last, importer_id nulls last,
    supplier_id nulls last
