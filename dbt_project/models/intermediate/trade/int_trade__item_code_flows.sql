-- One row per importer, exporter, item, product code and period: what the importer buys of the item
-- under the code, from the source that is chosen for it. A code that stands for several materials
-- repeats its value under each of them: never sum across items. Where the importer's national lines
-- separate the item, the value is that part of the code. Where codes of an item are on several bases,
-- all are brought to free on board.
{{ config(tags=['spark']) }}

with

flows as (

    select
        flows.*,
        choices.item_kind, choices.item_id, choices.stage_id, choices.is_separated
    from {{ ref('int_trade__import_flows') }} as flows
    inner join {{ ref('int_trade__series_codes') }}
        using (nomenclature, product_code)
    inner join {{ ref('int_trade__item_choices') }} as choices
        using (
            importer_id, series_code, period_type, period_start_date, source_id, edition,
            nomenclature, flow_basis, denominator_scope
        )

),

item_products as (

    select * from {{ ref('int_dependency__item_products') }}

),

item_measurements as (

    select * from {{ ref('int_trade__item_measurements') }}

),

factors as (

    select * from {{ ref('stg_reference__basis_factors') }}

),

line_shares as (

    select
        *,
        is_complete or lacks_residual_only as is_of_whole_code
    from {{ ref('int_trade__line_shares') }}
    qualify row_number() over (
        partition by
            importer_id, exporter_id, nomenclature, product_code, item_id, period_type,
            period_start_date
        order by is_complete or lacks_residual_only desc, known_from_date desc, edition desc, source_id
    ) = 1

),

pooled_shares as (

    select * from {{ ref('int_trade__pooled_line_shares') }}

),

-- The composition that the importer's own lines show holds whichever source measures the code. Of a
-- supplier that the lines do not show the share is the importer's usual one. Lines of a part of the
-- code say what they are, not what share of the code that is.
composed as (

    select
        flows.*,
        items.is_basket, items.value_share_low, items.value_share_high,
        case
            when line_shares.is_of_whole_code or flows.is_separated then line_shares.share_low
        end as line_share_low,
        case
            when line_shares.is_of_whole_code or flows.is_separated then line_shares.share_point
        end as line_share_point,
        case
            when line_shares.is_of_whole_code or flows.is_separated then line_shares.share_high
        end as line_share_high,
        case
            when own.is_of_whole_code or flows.is_separated then own.share_point
        end as own_share_point,
        coalesce(pooled.share_point, pooled_all.share_point) as pooled_share_point
    from flows
    inner join item_products as items
        using (nomenclature, product_code, item_kind, item_id, stage_id)
    left join line_shares as own
        on
            flows.importer_id = own.importer_id
            and 'ALL' = own.exporter_id
            and flows.nomenclature = own.nomenclature
            and flows.product_code = own.product_code
            and flows.period_type = own.period_type
            and flows.period_start_date = own.period_start_date
            and case when items.is_basket then flows.item_id end = own.item_id
    left join line_shares
        on
            flows.importer_id = line_shares.importer_id
            and flows.exporter_id = line_shares.exporter_id
            and flows.nomenclature = line_shares.nomenclature
            and flows.product_code = line_shares.product_code
            and flows.period_type = line_shares.period_type
            and flows.period_start_date = line_shares.period_start_date
            -- only equalities: a condition on one side alone makes a nested loop of the join
            and case when items.is_basket then flows.item_id end = line_shares.item_id
    left join pooled_shares as pooled
        on
            flows.exporter_id = pooled.exporter_id
            and flows.product_code = pooled.product_code
            and case when items.is_basket then flows.item_id end = pooled.item_id
    left join pooled_shares as pooled_all
        on
            'ALL' = pooled_all.exporter_id
            and flows.product_code = pooled_all.product_code
            and case when items.is_basket then flows.item_id end = pooled_all.item_id

),

valued as (

    select
        *,
        coalesce(line_share_point, own_share_point, 1.0) as share_point,
        coalesce(line_share_low, least(value_share_low, own_share_point), value_share_low)
            as share_low,
        coalesce(line_share_high, greatest(value_share_high, own_share_point), value_share_high)
            as share_high,
        case
            when not is_basket then 1.0
            else coalesce(line_share_point, own_share_point, pooled_share_point)
        end as share_best
    from composed
    -- no line of this flow can be the item
    where line_share_high is null or line_share_high > 0

)

select
    valued.importer_id, valued.exporter_id, valued.item_kind, valued.item_id, valued.stage_id,
    valued.nomenclature, valued.product_code, valued.period_type, valued.period_start_date,
    valued.period_end_date, valued.year, valued.is_basket, valued.is_reimport,
    valued.source_id, valued.edition, valued.known_from_date, valued.lineage_id,
    -- whole dollars: sums of integers are the same in any order of the rows
    round(
        valued.value_usd * valued.share_point
        * case when groups.is_mixed_basis then factors.to_fob_point else 1.0 end
    ) as value_usd,
    round(
        coalesce(valued.value_low_usd, valued.value_usd) * valued.share_low
        * case when groups.is_mixed_basis then factors.to_fob_low else 1.0 end
    ) as value_low_usd,
    round(
        coalesce(valued.value_high_usd, valued.value_usd) * valued.share_high
        * case when groups.is_mixed_basis then factors.to_fob_high else 1.0 end
    ) as value_high_usd,
    round(
        case
            when not valued.is_basket or valued.line_share_low = valued.line_share_high then 0.0
            when valued.is_basket then valued.value_usd * valued.share_point
        end * case when groups.is_mixed_basis then factors.to_fob_point else 1.0 end
    ) as basket_value_usd,
    -- what the item is worth by the lines of the importer or, where it has none, of other importers
    round(
        valued.value_usd * valued.share_best
        * case when groups.is_mixed_basis then factors.to_fob_point else 1.0 end
    ) as value_best_usd,
    case
        when not valued.is_basket then 'whole_code'
        when coalesce(valued.line_share_point, valued.own_share_point) is not null
            then 'own_lines'
        when valued.share_best is not null then 'lines_of_other_importers'
    end as best_method,
    -- the weight is that of the whole product
    case when valued.share_point = 1.0 then round(valued.net_weight_kg) end as net_weight_kg,
    round(
        case
            when valued.net_weight_kg is null or valued.share_point < 1.0 then 0.0
            else valued.value_usd
        end * case when groups.is_mixed_basis then factors.to_fob_point else 1.0 end
    ) as weighed_value_usd
from valued
inner join item_measurements as groups
    using (importer_id, item_kind, item_id, stage_id, period_type, period_start_date)
inner join factors
    on valued.flow_basis = factors.flow_basis
