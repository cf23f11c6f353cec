-- noqa: disable=LT02
{% set key = [
    'scope', 'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id', 'stage_id',
    'period_type', 'period_start_date', 'source_id', 'edition', 'basis', 'denominator',
] %}
with

market_shares as (

    select * from {{ ref('int_dependency__market_shares') }}

),

candidate_sets as (

    select * from {{ ref('int_dependency__candidate_sets') }}

),

governance as (

    select * from {{ ref('int_dependency__supplier_governance') }}

),

import_groups as (

    select
        import_groups.*,
        'entity_imports' as scope,
        flow_basis as basis
    from {{ ref('int_dependency__import_groups') }} as import_groups

),

production_groups as (

    select
        production_groups.*,
        'world_production' as scope,
        material_id as item_id
    from {{ ref('int_dependency__production_groups') }} as production_groups

),

thresholds as (

    select threshold as default_instability
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'wgi_default'

),

weighed as (

    select
        shares.*,
        coalesce(shares.is_member, false) as is_in_bloc,
        coalesce(governance.instability_pv, thresholds.default_instability) as g_pv,
        coalesce(governance.instability_avg6, thresholds.default_instability) as g_avg6,
        governance.instability_pv is null as is_default_g
    from market_shares as shares
    cross join thresholds
    left join governance
        on
            shares.supplier_id = governance.country_id
            and shares.year = governance.year

),

sums as (

    select
        {{ key | join(',\n        ') }},
        year,
        period_end_date,
        {%- set named = 'not is_residual' %}
        coalesce({{ steady_sum('share') }}, 0) as share_total,
        coalesce({{ steady_sum('case when ' ~ named ~ ' then share * share else 0 end') }}, 0)
            as named_squares,
        coalesce({{ steady_sum('case when is_residual then share else 0 end') }}, 0)
            as residual_rows,
        coalesce({{ steady_sum('case when is_residual then share * share else 0 end') }}, 0)
            as residual_squares,
        coalesce({{ steady_sum('case when is_in_bloc then share else 0 end') }}, 0)
            as bloc_share,
        coalesce({{ steady_sum('case when is_in_bloc then share * share else 0 end') }}, 0)
            as bloc_squares,
        coalesce(
            {{ steady_sum('case when ' ~ named ~ ' then share * share * g_pv else 0 end') }}, 0
        ) as named_squares_pv,
        coalesce(
            {{ steady_sum('case when ' ~ named ~ ' then share * share * g_avg6 else 0 end') }}, 0
        ) as named_squares_avg6,
        coalesce({{ steady_sum('case when is_default_g then share else 0 end') }}, 0)
            as gov_default_share,
        coalesce({{ steady_sum('share * ln(share)') }}, 0) as share_logs,
        coalesce({{ steady_sum('case when supplier_rank <= 3 then share else 0 end') }}, 0)
            as top3_share,
        coalesce({{ steady_sum('case when is_concern then share else 0 end') }}, 0)
            as concern_share,
        min(case when {{ named }} then share end) as smallest_named,
        max(case when supplier_rank = 1 then supplier_id end) as top1_id,
        max(case when supplier_rank = 1 then share end) as top1_share,
        count(*) as n_suppliers,
        count(*) filter (where is_residual) as n_residual,
        count(*) filter (where is_in_bloc) as n_bloc,
        count(is_concern) as n_judged,
        bool_or(is_truncated) as is_truncated,
        min(lineage_id) as lineage_id
    from weighed
    group by
        {{ key | join(',\n        ') }},
        year,
        period_end_date

),

-- what the printed total holds beyond the printed rows is a residual too
residuals as (

    select
        sums.*,
        residual_rows + case
            when denominator = 'printed_total' and share_total < 1 - 1e-9
                then 1 - share_total
            else 0
        end as residual_share,
        greatest(share_total, case when denominator = 'printed_total' then 1 else 0 end)
            as whole
    from sums

),

-- M1: unnamed producers are each at most as large as the smallest named one; unallocated trade
-- may be one country, so that its buckets count as they stand
pieces as (

    select
        residuals.*,
        case
            when scope <> 'world_production' then n_residual
            when residual_share = 0 then 0
            when smallest_named is null then 1
            else ceil(residual_share / smallest_named)
        end as n_pieces,
        case
            when scope <> 'world_production' then residual_squares
            when smallest_named is null then residual_share * residual_share
            else
                floor(residual_share / smallest_named) * smallest_named * smallest_named
                + (residual_share - floor(residual_share / smallest_named) * smallest_named)
                * (residual_share - floor(residual_share / smallest_named) * smallest_named)
        end as piece_squares
    from residuals

),

indices as (

    select
        pieces.*,
        named_squares + piece_squares as hhi,
        n_suppliers - n_residual + n_pieces as n_parts,
        n_suppliers - n_residual - n_bloc + n_pieces as n_outside,
        whole - bloc_share as outside_share,
        named_squares + piece_squares - bloc_squares as outside_squares,
        {{ month_index('period_start_date') }} as month_index
    from pieces

),

assessed as (

    select
        indices.*,
        candidate_sets.n_candidates,
        import_groups.is_preferred,
        import_groups.coverage_share,
        import_groups.product_codes,
        import_groups.basket_share,
        production_groups.is_latest_edition,
        case
            when indices.scope = 'entity_imports' then import_groups.quality_flags
            else
                {{ flag_list({
                    'residual_bucket': 'indices.residual_share > 0',
                    'shares_not_one': 'abs(indices.share_total - 1) > 1e-6',
                    'truncated': 'indices.is_truncated',
                    'TOTAL_GAP': 'production_groups.quality_flags like \'%TOTAL_GAP%\'',
                    'TOTAL_WITHOUT_US':
                        'production_groups.quality_flags like \'%TOTAL_WITHOUT_US%\'',
                    'UNKNOWN_PRODUCER':
                        'production_groups.quality_flags like \'%UNKNOWN_PRODUCER%\'',
                    'UNMAPPED_COUNTRY':
                        'production_groups.quality_flags like \'%UNMAPPED_COUNTRY%\'',
                    'WITHHELD_PRODUCER':
                        'production_groups.quality_flags like \'%WITHHELD_PRODUCER%\'',
                }) | indent(16) }}
        end as quality_flags
    from indices
    left join candidate_sets
        on
            {{ series_key('indices') }} = candidate_sets.series_key
            and indices.month_index = candidate_sets.month_index
    left join import_groups
        on
            indices.scope = import_groups.scope
            and indices.source_id = import_groups.source_id
            and indices.edition = import_groups.edition
            and indices.entity_id = import_groups.entity_id
            and indices.netting = import_groups.netting
            and indices.membership_variant = import_groups.membership_variant
            and indices.item_kind = import_groups.item_kind
            and indices.item_id = import_groups.item_id
            and indices.stage_id = import_groups.stage_id
            and indices.period_type = import_groups.period_type
            and indices.period_start_date = import_groups.period_start_date
            and indices.basis = import_groups.basis
    left join production_groups
        on
            indices.scope = production_groups.scope
            and indices.source_id = production_groups.source_id
            and indices.edition = production_groups.edition
            and indices.item_id = production_groups.item_id
            and indices.stage_id = production_groups.stage_id
            and indices.year = production_groups.year

),

grades as (

    select * from {{ grades_of('assessed') }}

)

select
    cast(assessed.scope as varchar) as scope,
    cast(assessed.entity_id as varchar) as entity_id,
    cast(assessed.netting as varchar) as netting,
    cast(assessed.membership_variant as varchar) as membership_variant,
    cast(assessed.item_kind as varchar) as item_kind,
    cast(assessed.item_id as varchar) as item_id,
    cast(assessed.stage_id as varchar) as stage_id,
    cast(assessed.period_type as varchar) as period_type,
    cast(assessed.period_start_date as date) as period_start_date,
    cast(assessed.source_id as varchar) as source_id,
    cast(assessed.edition as varchar) as edition,
    cast(assessed.basis as varchar) as basis,
    cast(assessed.denominator as varchar) as denominator,
    cast(assessed.year as integer) as year,
    cast(coalesce(assessed.is_latest_edition, true) as boolean) as is_latest_edition,
    cast(coalesce(assessed.is_preferred, true) as boolean) as is_preferred,
    cast(assessed.hhi as double) as hhi,
    cast(assessed.named_squares as double) as hhi_low,
    cast(
        case
            when assessed.scope = 'world_production' then assessed.hhi
            else assessed.named_squares + assessed.residual_share * assessed.residual_share
        end as double
    ) as hhi_high,
    cast(
        case
            when assessed.n_parts >= 2
                then (assessed.hhi - 1.0 / assessed.n_parts) / (1 - 1.0 / assessed.n_parts)
        end as double
    ) as hhi_norm,
    cast(1 / nullif(assessed.hhi, 0) as double) as n_eff,
    cast(
        ln(assessed.n_candidates) - ln(assessed.share_total)
        + assessed.share_logs / assessed.share_total as double
    ) as theil,
    cast(ln(assessed.n_candidates) as double) as theil_max,
    cast(assessed.top1_id as varchar) as top1_id,
    cast(assessed.top1_share as double) as top1_share,
    cast(assessed.top3_share as double) as top3_share,
    cast(case when assessed.n_judged > 0 then assessed.concern_share end as double)
        as cr_concern_share,
    cast(
        assessed.named_squares_pv + assessed.piece_squares * thresholds.default_instability
        as double
    ) as hhi_wgi,
    cast(
        assessed.named_squares_avg6 + assessed.piece_squares * thresholds.default_instability
        as double
    ) as hhi_wgi_avg6,
    cast(
        10 * (
            assessed.named_squares_avg6
            + assessed.piece_squares * thresholds.default_instability
        ) as double
    ) as hhi_wgi_eu10,
    cast('pv' as varchar) as gov_dimension_set,
    cast(assessed.gov_default_share as double) as gov_default_share,
    cast(assessed.n_suppliers as integer) as n_suppliers,
    cast(assessed.n_candidates as integer) as n_candidates,
    cast(assessed.residual_share as double) as residual_share,
    cast(assessed.share_total as double) as share_total,
    -- equal suppliers within each bloc would give the first part, unequal ones add the second
    cast(
        assessed.bloc_share * assessed.bloc_share / greatest(assessed.n_bloc, 1)
        + case
            when assessed.n_outside > 0
                then assessed.outside_share * assessed.outside_share / assessed.n_outside
            else 0
        end as double
    ) as hhi_between_blocs,
    cast(
        assessed.bloc_squares
        - assessed.bloc_share * assessed.bloc_share / greatest(assessed.n_bloc, 1)
        + case
            when assessed.n_outside > 0
                then assessed.outside_squares
                - assessed.outside_share * assessed.outside_share / assessed.n_outside
            else 0
        end as double
    ) as hhi_within_blocs,
    cast(assessed.product_codes as varchar) as product_codes,
    cast(assessed.basket_share as double) as basket_share,
    cast(grades.quality_grade as varchar) as quality_grade,
    cast(assessed.quality_flags as varchar) as quality_flags,
    cast(coalesce(assessed.coverage_share, 1) as double) as coverage_share,
    cast(assessed.residual_share as double) as unmapped_share,
    cast(assessed.edition as varchar) as source_edition_max,
    cast(assessed.lineage_id as varchar) as lineage_id
from assessed
cross join thresholds
left join grades
    on assessed.quality_flags = grades.quality_flags
