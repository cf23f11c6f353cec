-- noqa: disable=LT02,ST07
{{ config(tags=['spark']) }}

with

thresholds as (

    select threshold as band_limit
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'band_limit'

),

flows as (

    select * from {{ ref('int_dependency__entity_flows') }}

),

import_groups as (

    select * from {{ ref('int_dependency__import_groups') }}

),

described as (

    select
        flows.*,
        not flows.is_reimport and totals.has_shares as is_measured,
        flows.value_usd / nullif(totals.imports_usd, 0) as value_point,
        flows.net_weight_kg / nullif(totals.net_weight_kg, 0) as weight_point,
        case
            when flows.is_reimport or totals.imports_usd = 0 then null
            when flows.is_partly_member and flows.netting = 'extra' then 0
            else
                {{ share_low(
                    'flows.value_low_usd', 'flows.value_high_usd', 'totals.high_usd',
                    'totals.sure_share'
                ) | indent(16) }}
        end as value_share_low,
        case
            when flows.is_reimport or totals.imports_usd = 0 then null
            else
                {{ share_high(
                    'flows.value_low_usd', 'flows.value_high_usd', 'totals.low_usd',
                    'totals.sure_share'
                ) | indent(16) }}
        end as value_share_high,
        totals.group_id,
        case
            when not (flows.is_partly_member and flows.netting = 'extra') then flows.value_low_usd
            else 0
        end as least_usd,
        totals.basket_share, totals.weight_coverage_share, totals.n_products, totals.product_codes,
        totals.is_preferred, totals.preferred_reason, totals.coverage_share, totals.unmapped_share,
        totals.source_ids, totals.bases, totals.filing_coverage_share, totals.missing_reason,
        totals.quality_flags
    from flows
    inner join import_groups as totals
        using (
            entity_id, netting, membership_variant, item_kind, item_id, stage_id, period_type,
            period_start_date
        )

),

-- what one supplier sold of a basket may be anything from none to nearly all of the item: then no
-- supplier of the group has a share, though the share of the countries of concern may be known
too_wide as (

    select
        group_id,
        true as is_listed
    from described
    cross join thresholds
    where
        is_measured
        and (
            value_share_high - value_share_low > thresholds.band_limit
            or value_point not between value_share_low - 1e-9 and value_share_high + 1e-9
        )
    group by group_id

),

shares as (

    select
        {{ all_but('described', ['missing_reason', 'quality_flags']) }},
        coalesce(too_wide.is_listed, false) as is_too_wide,
        case when is_measured and not is_too_wide then value_point end as value_share,
        case when is_measured and not is_too_wide then weight_point end as weight_share,
        case
            when is_too_wide then 'the possible values lie too far apart'
            else described.missing_reason
        end as missing_reason,
        case
            when is_too_wide and described.quality_flags = '' then 'share_not_measured'
            when is_too_wide
                then {{ distinct_parts("concat(described.quality_flags, '|share_not_measured')", '|') }}
            else described.quality_flags
        end as quality_flags
    from described
    left join too_wide
        on described.group_id = too_wide.group_id

),

-- windows sort all that they are given: only what they need goes in
ranked as (

    select
        group_id, supplier_id, is_reimport,
        row_number() over by_rank as supplier_rank,
        case when value_share is not null then {{ probability_larger(
            'value_usd', 'value_high_usd', 'first_value(value_usd) over by_rank',
            'first_value(least_usd) over by_rank'
        ) }} end as probability_first
    from shares
    where not is_reimport
    window by_rank as (
        partition by group_id order by value_usd desc nulls last, supplier_id asc
    )

),

contested as (

    select
        group_id,
        sum(probability_first) as probability_first
    from ranked
    group by group_id

),

grades as (

    select * from {{ quality_grades('shares') }}

)

select
    cast(shares.source_id as string) as source_id,
    cast(shares.edition as string) as edition,
    cast(shares.entity_id as string) as entity_id,
    cast(shares.netting as string) as netting,
    cast(shares.membership_variant as string) as membership_variant,
    cast(shares.item_kind as string) as item_kind,
    cast(shares.item_id as string) as item_id,
    cast(shares.stage_id as string) as stage_id,
    cast(shares.period_type as string) as period_type,
    cast(shares.period_start_date as date) as period_start_date,
    cast(shares.supplier_id as string) as supplier_id,
    cast(shares.flow_basis as string) as flow_basis,
    cast('net_weight' as string) as qty_basis,
    cast(shares.period_end_date as date) as period_end_date,
    cast(shares.year as integer) as year,
    cast(shares.nomenclature as string) as nomenclature,
    cast(shares.value_usd as double) as value_usd,
    cast(shares.net_weight_kg as double) as net_weight_kg,
    cast(shares.value_share as double) as value_share,
    cast(shares.value_share_low as double) as value_share_low,
    cast(shares.value_share_high as double) as value_share_high,
    cast(shares.weight_share as double) as weight_share,
    cast(shares.weight_coverage_share as double) as weight_coverage_share,
    cast(ranked.supplier_rank as integer) as rank,
    cast(round(ranked.probability_first / contested.probability_first, 5) as double) as prob_rank1,
    cast(shares.is_concern as boolean) as is_concern,
    cast(shares.concern_list_id as string) as concern_list_id,
    cast(shares.is_member as boolean) as is_member_supplier,
    cast(shares.is_reimport as boolean) as is_reimport,
    cast(shares.basket_value_usd > 0 as boolean) as is_basket,
    cast(shares.basket_share as double) as basket_share,
    cast(shares.n_products as integer) as n_products,
    cast(shares.product_codes as string) as product_codes,
    cast(shares.denominator_scope as string) as denominator_scope,
    cast(shares.is_preferred as boolean) as is_preferred,
    cast(shares.preferred_reason as string) as preferred_reason,
    cast(shares.membership_variant = 'as_of_today' as boolean) as is_fixed_basket,
    cast(shares.is_truncated as boolean) as is_truncated,
    cast(grades.quality_grade as string) as quality_grade,
    cast(shares.quality_flags as string) as quality_flags,
    cast(shares.source_ids as string) as source_ids,
    cast(shares.bases as string) as bases,
    cast(shares.missing_reason as string) as missing_reason,
    cast(shares.coverage_share as double) as coverage_share,
    cast(shares.filing_coverage_share as double) as filing_coverage_share,
    cast(shares.unmapped_share as double) as unmapped_share,
    cast(shares.edition as string) as source_edition_max,
    cast(shares.lineage_id as string) as lineage_id
from shares
left join ranked
    on
        shares.group_id = ranked.group_id
        and shares.supplier_id = ranked.supplier_id
        -- a re-import has no rank (an equality: a condition on one side makes the join quadratic)
        and shares.is_reimport = ranked.is_reimport
left join contested
    on shares.group_id = contested.group_id
left join grades
    on shares.quality_flags = grades.quality_flags
