-- One row per bloc, candidate variant, item and period: the bloc's imports if the candidate had
-- joined, with the range of the share from countries of concern. Built from the bloc of today: the
-- candidate leaves the suppliers and brings its imports.
-- noqa: disable=LT02,ST07
{{ config(tags=['spark']) }}
{% set item_period = ['item_kind', 'item_id', 'stage_id', 'period_type', 'period_start_date'] %}
{% set key = ['bloc_id', 'membership_variant'] + item_period %}
{% set values = {
    'value_usd': 'to_fob_point', 'basket_value_usd': 'to_fob_point',
    'value_low_usd': 'to_fob_low', 'value_high_usd': 'to_fob_high',
} %}
with

sources as (

    select * from {{ ref('int_dependency__bloc_sources') }}

),

flows as (

    select * from {{ ref('int_dependency__entity_flows') }}
    where not is_reimport

),

members as (

    select * from {{ ref('int_dependency__bloc_members') }}

),

candidates as (

    select distinct
        bloc_id, membership_variant,
        country_id as candidate_id
    from members
    where membership_variant = concat('candidate:', country_id)

),

coverage as (

    select * from {{ ref('int_dependency__bloc_coverage') }}

),

thresholds as (

    select
        max(case when threshold_id = 'coverage_limit' then threshold end) as coverage_limit,
        max(case when threshold_id = 'band_limit' then threshold end) as band_limit,
        max(case when threshold_id = 'truncated_suppliers' then threshold end)
            as truncated_suppliers,
        max(case when threshold_id = 'truncated_share' then threshold end) as truncated_share
    from {{ ref('int_dependency__thresholds') }}

),

described as (

    select
        {{ all_but('flows', values) }},
        sources.bloc_id,
        -- the bloc's values are on its basis already; a candidate's may be on another
        flows.flow_basis = sources.flow_basis or flows.entity_id = sources.bloc_id as is_on_basis,
        {%- for column, factor in values.items() %}
        case
            when is_on_basis then flows.{{ column }}
            else round(flows.{{ column }} * factors.{{ factor }})
        end as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from flows
    inner join sources
        using ({{ item_period | join(', ') }})
    inner join {{ ref('stg_reference__basis_factors') }} as factors
        on flows.flow_basis = factors.flow_basis

),

joined as (

    select
        candidates.bloc_id, candidates.membership_variant,
        {% for column in item_period %}described.{{ column }}, {% endfor %}
        described.supplier_id, {{ values | join(', ') }}, described.is_concern,
        described.is_partly_member, described.is_unallocated,
        described.netting = 'extra' and described.supplier_id <> candidates.candidate_id
            as is_extra,
        described.netting = 'gross' as is_gross
    from described
    inner join candidates
        on
            described.bloc_id = candidates.bloc_id
            and described.entity_id = candidates.bloc_id
    where described.membership_variant = 'as_of_today'

    union all

    select
        candidates.bloc_id, candidates.membership_variant,
        {% for column in item_period %}described.{{ column }}, {% endfor %}
        described.supplier_id, {{ values | join(', ') }}, described.is_concern,
        described.is_partly_member, described.is_unallocated,
        not coalesce(described.is_member, false) as is_extra,
        true as is_gross
    from described
    inner join candidates
        on
            described.bloc_id = candidates.bloc_id
            and described.entity_id = candidates.candidate_id

),

by_supplier as (

    select
        {{ key | join(', ') }}, supplier_id,
        bool_or(is_concern) as is_concern,
        bool_or(is_partly_member) as is_partly_member,
        bool_or(is_unallocated) as is_unallocated,
        bool_or(is_extra) as is_extra,
        sum(case when is_extra then value_usd else 0 end) as extra_usd,
        sum(case when is_extra then value_low_usd else 0 end) as low_usd,
        sum(case when is_extra then value_high_usd else 0 end) as high_usd,
        sum(case when is_extra then basket_value_usd else 0 end) as basket_usd,
        sum(case when is_gross then value_usd else 0 end) as gross_usd
    from joined
    group by all

),

-- a window would sort a million rows
totals as (

    select
        {{ key | join(', ') }},
        sum(extra_usd) as all_extra_usd
    from by_supplier
    group by all

),

shared as (

    select
        by_supplier.*,
        by_supplier.extra_usd / nullif(totals.all_extra_usd, 0) as extra_share
    from by_supplier
    inner join totals
        using ({{ key | join(', ') }})

),

sums as (

    select
        {{ key | join(', ') }},
        sum(extra_usd) as extra_usd,
        sum(case when is_partly_member then 0 else extra_usd end) as extra_low_usd,
        sum(gross_usd) as gross_usd,
        sum(low_usd) as low_usd,
        sum(high_usd) as high_usd,
        sum(basket_usd) / nullif(sum(extra_usd), 0) as basket_share,
        sum(case when is_unallocated then extra_usd else 0 end) / nullif(sum(extra_usd), 0)
            as unmapped_share,
        count(is_concern) as n_classified,
        count(*) filter (where is_extra) as n_listed,
        sum(case when is_concern then extra_usd else 0 end) as concern_usd,
        sum(case when is_concern then low_usd else 0 end) as concern_low_usd,
        sum(case when is_concern then high_usd else 0 end) as concern_high_usd,
        sum(case when is_concern is null then low_usd else 0 end) as doubt_low_usd,
        sum(case when is_concern is null then high_usd else 0 end) as doubt_high_usd,
        {{ order_independent_sum('extra_share * extra_share') }} as supplier_hhi
    from shared
    group by {{ key | join(', ') }}

),

ranged as (

    select
        sums.*,
        coverage.coverage_share,
        -- as in int_dependency__import_groups
        coalesce(coverage.coverage_share, 0) * case
            when coverage.is_truncated and sums.n_listed >= thresholds.truncated_suppliers
                then thresholds.truncated_share
            else 1
        end as sure_share,
        {{ share_low('concern_low_usd', 'concern_high_usd', 'high_usd', 'sure_share') }}
            as concern_share_low,
        {{ share_high(
            'concern_low_usd + doubt_low_usd', 'concern_high_usd + doubt_high_usd', 'low_usd',
            'sure_share'
        ) }} as concern_share_high,
        coalesce(coverage.coverage_share >= thresholds.coverage_limit, false) as has_coverage,
        concern_share_high - concern_share_low > thresholds.band_limit as is_too_wide,
        has_coverage and not is_too_wide as has_shares
    from sums
    cross join thresholds
    left join coverage
        using ({{ key | join(', ') }})

)

select
    {{ key | join(', ') }}, extra_usd, extra_low_usd, gross_usd, unmapped_share, basket_share,
    has_shares,
    case when n_classified > 0 and has_shares then concern_usd / nullif(extra_usd, 0) end
        as concern_share,
    case when n_classified > 0 and high_usd > 0 then concern_share_low end
        as concern_share_low,
    case when n_classified > 0 and high_usd > 0 then concern_share_high end
        as concern_share_high,
    case when has_shares then supplier_hhi end as supplier_hhi,
    case
        when coverage_share is null
            then 'the weight of an unmeasured part of the item is not known'
        when not has_coverage then 'too little of the item is measured'
        when is_too_wide then 'the possible values lie too far apart'
        when extra_usd = 0 then 'no imports from outside the bloc are recorded'
    end as missing_reason
from ranged
