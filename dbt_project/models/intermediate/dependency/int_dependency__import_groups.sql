-- One row per entity, netting, membership variant, item and period: the totals of an importer's
-- suppliers, how much of the item's trade they are measured on, and how good the row is. Shares are
-- widened by what is not measured, and have no number where that is too much.
-- noqa: disable=LT02,ST07
{{ config(tags=['spark']) }}
{% set group_key = [
    'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id', 'stage_id', 'period_type',
    'period_start_date',
] %}
{% set measurement_key = group_key | reject('equalto', 'netting') | list %}
with

flows as (

    select * from {{ ref('int_dependency__entity_flows') }}

),

measurements as (

    select * from {{ ref('int_dependency__entity_measurements') }}

),

thresholds as (

    select
        max(case when threshold_id = 'unallocated_share' then threshold end) as unallocated_share,
        max(case when threshold_id = 'bloc_partial' then threshold end) as bloc_partial,
        max(case when threshold_id = 'coverage_limit' then threshold end) as coverage_limit,
        max(case when threshold_id = 'band_limit' then threshold end) as band_limit,
        max(case when threshold_id = 'truncated_suppliers' then threshold end)
            as truncated_suppliers,
        max(case when threshold_id = 'truncated_share' then threshold end) as truncated_share
    from {{ ref('int_dependency__thresholds') }}

),

sums as (

    select
        {{ group_key | join(',\n        ') }},
        sum(value_usd) filter (where not is_reimport) as imports_usd,
        sum(value_usd) filter (where is_reimport) as reimports_usd,
        sum(value_low_usd) filter (where not is_reimport) as low_usd,
        sum(value_high_usd) filter (where not is_reimport) as high_usd,
        sum(basket_value_usd) filter (where not is_reimport) as basket_value_usd,
        case
            when count(value_best_usd) filter (where not is_reimport)
                = count(*) filter (where not is_reimport)
                then sum(value_best_usd) filter (where not is_reimport)
        end as best_usd,
        sum(weighed_value_usd) filter (where not is_reimport) as weighed_value_usd,
        {{ exact_sum('net_weight_kg', filter='not is_reimport') }} as known_weight_kg,
        {{ exact_sum('net_weight_kg', filter='not is_reimport and is_concern') }}
            as concern_weight_kg,
        count(*) filter (where not is_reimport and net_weight_kg is null) as n_unweighed,
        count(*) filter (where not is_reimport) as n_listed,
        count(*) filter (where not is_reimport and value_usd > 0) as n_suppliers,
        count(*) filter (where not is_reimport and is_concern is not null) as n_classified,
        sum(value_usd) filter (where not is_reimport and is_unallocated) as unallocated_usd,
        {%- for name, holds, doubtful in [
            ('concern', 'is_concern', 'is_concern is null'),
            ('member', 'is_member', 'is_member is null'),
        ] %}
        sum(value_usd) filter (where not is_reimport and {{ holds }}) as {{ name }}_usd,
        sum(value_low_usd) filter (where not is_reimport and {{ holds }}) as {{ name }}_low_usd,
        sum(value_high_usd) filter (where not is_reimport and {{ holds }}) as {{ name }}_high_usd,
        sum(value_low_usd) filter (where not is_reimport and {{ doubtful }})
            as {{ name }}_doubt_low_usd,
        sum(value_high_usd) filter (where not is_reimport and {{ doubtful }})
            as {{ name }}_doubt_high_usd,
        {%- endfor %}
        sum(value_usd) filter (where not is_reimport and is_partly_member)
            as partly_member_usd,
        bool_or(is_partly_member) as has_group_supplier,
        bool_or(is_concern_retroactive) as is_concern_retroactive
    from flows
    group by
        {{ group_key | join(',\n        ') }}

),

described as (

    select
        sums.*,
        {{ all_but('measurements', measurement_key) }},
        {{ month_index('sums.period_start_date') }} as month_index,
        case
            when measurements.n_members is null then 1.0
            else cast(measurements.n_members_reporting as double) / measurements.n_members
        end as filing_coverage_share,
        -- whatever is not measured may come from anywhere, and so may what a source leaves out that
        -- keeps the largest suppliers: with fewer than it keeps, all are there
        coalesce(measurements.coverage_share, 0) * case
            when measurements.is_truncated and sums.n_listed >= thresholds.truncated_suppliers
                then thresholds.truncated_share
            else 1
        end as sure_share,
        coalesce(measurements.coverage_share >= thresholds.coverage_limit, false) as has_coverage
    from sums
    inner join measurements
        using ({{ measurement_key | join(', ') }})
    cross join thresholds

),

ranged as (

    select
        described.*,
        {%- for name in ['concern', 'member'] %}
        {%- set low, high, doubt_low, doubt_high = (
            'coalesce(' ~ name ~ '_low_usd, 0)', 'coalesce(' ~ name ~ '_high_usd, 0)',
            'coalesce(' ~ name ~ '_doubt_low_usd, 0)', 'coalesce(' ~ name ~ '_doubt_high_usd, 0)',
        ) %}
        -- a share of nothing is no share
        case
            when coalesce(high_usd > 0, n_listed > 0)
                then {{ share_low(low, high, 'high_usd', 'sure_share') }}
        end as {{ name }}_share_low,
        case
            when coalesce(high_usd > 0, n_listed > 0)
                then {{ share_high(
                    low ~ ' + ' ~ doubt_low, high ~ ' + ' ~ doubt_high, 'low_usd', 'sure_share'
                ) }}
        end as {{ name }}_share_high{{ "," if not loop.last }}
        {%- endfor %}
    from described

),

measured as (

    select
        ranged.*,
        -- of a basket that holds anything from none to all of the item only the band is known
        {%- set is_too_wide %}coalesce(
            n_classified > 0 and concern_share_high - concern_share_low > thresholds.band_limit,
            false
        )
        {%- endset %}
        {{ is_too_wide }} as is_too_wide,
        has_coverage and not {{ is_too_wide }} as has_shares
    from ranged
    cross join thresholds

),

shares as (

    select
        measured.*,
        basket_value_usd / nullif(imports_usd, 0) as basket_share,
        coalesce(unallocated_usd, 0) / nullif(imports_usd, 0) as unmapped_share,
        weighed_value_usd / nullif(imports_usd, 0) as weight_coverage_share,
        case when n_unweighed = 0 then known_weight_kg end as net_weight_kg,
        case
            when n_unweighed = 0 and has_shares
                then coalesce(concern_weight_kg, 0) / nullif(known_weight_kg, 0)
        end as concern_share_weight,
        case
            when has_shares then coalesce(concern_usd, 0) / nullif(imports_usd, 0)
        end as concern_share,
        case when has_shares then coalesce(member_usd, 0) / nullif(imports_usd, 0) end
            as member_share
    from measured

),

compared as (

    select
        now.*,
        -- a change of what is measured is no change of trade
        coalesce(
            before.entity_id is not null
            and (
                before.source_ids <> now.source_ids
                or before.bases <> now.bases
                or before.nomenclature <> now.nomenclature
                or before.product_codes <> now.product_codes
                or before.code_sources <> now.code_sources
                or before.is_truncated <> now.is_truncated
                or before.is_complete <> now.is_complete
                or before.coverage_share is distinct from now.coverage_share
            ), false
        ) as is_break,
        (now.concern_share - before.concern_share) * 100 as change_pp
    from shares as now
    left join shares as before
        on
            now.entity_id = before.entity_id
            and now.netting = before.netting
            and now.membership_variant = before.membership_variant
            and now.item_kind = before.item_kind
            and now.item_id = before.item_id
            and now.stage_id = before.stage_id
            and now.period_type = before.period_type
            and now.month_index = before.month_index + 12

),

banded as (

    select
        compared.*,
        case when n_classified > 0 then concern_share_high - concern_share_low end as band_width
    from compared

)

select
    -- one narrow number in place of eleven texts, for those who window over the groups
    cast(row_number() over (
        order by banded.{{ group_key | join(', banded.') }}
    ) as integer) as group_id,
    banded.source_id, banded.edition, banded.entity_id, banded.netting, banded.membership_variant,
    banded.item_kind, banded.item_id, banded.stage_id, banded.period_type,
    banded.period_start_date, banded.flow_basis, banded.nomenclature, banded.period_end_date,
    banded.year, banded.denominator_scope, banded.source_ids, banded.bases, banded.imports_usd,
    banded.reimports_usd, banded.low_usd, banded.high_usd, banded.best_usd, banded.net_weight_kg,
    banded.weight_coverage_share, banded.n_suppliers,
    coalesce(banded.partly_member_usd, 0) as partly_member_usd,
    -- no list of concern in the inputs is unknown, not none
    case when banded.n_classified > 0 then banded.concern_share end as concern_share,
    case when banded.n_classified > 0 then banded.concern_share_low end as concern_share_low,
    case when banded.n_classified > 0 then banded.concern_share_high end as concern_share_high,
    case when banded.n_classified > 0 then banded.concern_share_weight end as concern_share_weight,
    case when banded.n_classified > 0 and not banded.is_break then banded.change_pp end
        as yoy_concern_share_pp,
    banded.member_share_low, banded.member_share_high, banded.basket_share, banded.n_products,
    banded.n_products_mapped, banded.product_codes, banded.n_members, banded.n_members_reporting,
    true as is_preferred,
    banded.preferred_reason, banded.coverage_share, banded.coverage_method,
    banded.filing_coverage_share, banded.sure_share, banded.has_shares,
    case
        when banded.coverage_share is null
            then 'the weight of an unmeasured part of the item is not known'
        when not banded.has_coverage then 'too little of the item is measured'
        when banded.is_too_wide then 'the possible values lie too far apart'
        when coalesce(banded.imports_usd, 0) = 0 then 'no imports are recorded'
    end as missing_reason,
    banded.unmapped_share, banded.known_from_date, banded.lineage_id,
    {{ flag_list({
        'band_over_10_points':
            'banded.band_width > 0.1 and banded.band_width <= 0.25',
        'band_over_25_points': 'banded.band_width > 0.25',
        'basket': 'banded.basket_share > 0 and banded.item_kind <> \'product\'',
        'concern_list_retroactive': 'banded.is_concern_retroactive',
        'group_supplier': 'banded.has_group_supplier',
        'incomplete_period': 'not banded.is_complete',
        'listed_partners': 'banded.denominator_scope = \'listed_partners\'',
        'partial_bloc': 'banded.filing_coverage_share < thresholds.bloc_partial',
        'partial_products':
            'banded.coverage_method not in (\'complete\', \'listed_partners\', \'complete|listed_partners\')',
        'series_break': 'banded.is_break',
        'share_not_measured': 'not banded.has_shares',
        'supplier_reports': 'banded.has_supplier_reports',
        'truncated': 'banded.is_truncated',
        'unallocated': 'banded.unmapped_share > thresholds.unallocated_share',
        'weight_incomplete': 'banded.net_weight_kg is null',
    }) }} as quality_flags
from banded
cross join thresholds
