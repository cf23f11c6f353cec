-- noqa: disable=LT02
{{ config(tags=['spark']) }}

with

sums as (

    select * from {{ ref('int_dependency__concentration_sums') }}

),

candidate_sets as (

    select * from {{ ref('int_dependency__supplier_counts') }}

),

import_groups as (

    select
        import_groups.*,
        'entity_imports' as scope
    from {{ ref('int_dependency__import_groups') }} as import_groups

),

production_groups as (

    select
        production_groups.*,
        'world_production' as scope
    from {{ ref('int_dependency__production_groups') }} as production_groups

),

assessed as (

    select
        sums.*,
        candidate_sets.n_suppliers_in_window, import_groups.is_preferred,
        import_groups.coverage_share, import_groups.product_codes, import_groups.basket_share,
        import_groups.source_ids, import_groups.filing_coverage_share,
        -- measured codes alone have this index; the rest may be spread thinly, or be one supplier's
        coalesce(import_groups.sure_share, 1) as sure_share,
        production_groups.is_latest_edition,
        coalesce(production_groups.n_hidden, 0) as n_hidden,
        production_groups.hidden_share_max,
        case
            when sums.scope = 'entity_imports' then import_groups.quality_flags
            else
                {{ flag_list({
                    'HHI_UNBOUNDED':
                        'sums.denominator <> \'printed_total\' '
                        ~ 'and coalesce(production_groups.n_hidden, 0) > 0 '
                        ~ 'and production_groups.hidden_share_max is null',
                    'residual_bucket': 'sums.residual_share > 0',
                    'shares_not_one': 'abs(sums.share_total - 1) > 1e-6',
                    'truncated': 'sums.is_truncated',
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
    from sums
    left join candidate_sets
        on
            sums.series_key = candidate_sets.series_key
            and sums.month_index = candidate_sets.month_index
    left join import_groups
        on
            sums.scope = import_groups.scope
            and sums.entity_id = import_groups.entity_id
            and sums.netting = import_groups.netting
            and sums.membership_variant = import_groups.membership_variant
            and sums.item_kind = import_groups.item_kind
            and sums.item_id = import_groups.item_id
            and sums.stage_id = import_groups.stage_id
            and sums.period_type = import_groups.period_type
            and sums.period_start_date = import_groups.period_start_date
    left join production_groups
        on
            sums.scope = production_groups.scope
            and sums.source_id = production_groups.source_id
            and sums.edition = production_groups.edition
            and sums.item_id = production_groups.material_id
            and sums.stage_id = production_groups.stage_id
            and sums.year = production_groups.year

),

-- a producer without a figure may hold what the printed total leaves room for, or anything where
-- there is no such total: the index is then a bound, or, upwards, has none that says anything. Of u hidden beside shares of one, k producers
-- leave at least (H + q^2 / k) / (1 + q)^2, least at q = k H; one producer leaves at most
-- (H + u^2) / (1 + u)^2
bounded as (

    select
        *,
        least(hidden_share_max, n_hidden * named_squares) as least_hidden,
        case
            when scope <> 'world_production' then named_squares + residual_share * residual_share
            when n_hidden > 0 and denominator = 'printed_total'
                then named_squares + residual_share * residual_share
            else hhi
        end as high_squares
    from assessed

),

grades as (

    select * from {{ quality_grades('assessed') }}

)

select
    {%- for column in [
        'scope', 'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id', 'stage_id',
        'period_type',
    ] %}
    cast({{ column }} as string) as {{ column }},
    {%- endfor %}
    cast(period_start_date as date) as period_start_date,
    {%- for column in ['source_id', 'edition', 'basis', 'denominator'] %}
    cast({{ column }} as string) as {{ column }},
    {%- endfor %}
    cast(year as integer) as year,
    cast(coalesce(is_latest_edition, true) as boolean) as is_latest_edition,
    cast(coalesce(is_preferred, true) as boolean) as is_preferred,
    cast(hhi as double) as hhi,
    cast(sure_share * sure_share * case
        when n_hidden = 0 or denominator = 'printed_total' then named_squares
        when hidden_share_max is null then named_squares / (1 + n_hidden * named_squares)
        else
            (named_squares + least_hidden * least_hidden / n_hidden)
            / ((1 + least_hidden) * (1 + least_hidden))
    end as double) as hhi_low,
    cast(
        case
            when n_hidden = 0 or denominator = 'printed_total' then greatest(high_squares, hhi)
            when hidden_share_max is null then null
            else greatest(
                hhi,
                (hhi + hidden_share_max * hidden_share_max)
                / ((1 + hidden_share_max) * (1 + hidden_share_max))
            )
        end * sure_share * sure_share
        + (1 - sure_share) * (1 - sure_share)
        + 2 * sure_share * (1 - sure_share) * coalesce(top1_share, 0) as double
    ) as hhi_high,
    cast(
        case when n_parts >= 2 then (hhi - 1.0 / n_parts) / (1 - 1.0 / n_parts) end as double
    ) as hhi_norm,
    cast(1 / nullif(hhi, 0) as double) as n_eff,
    -- of equal shares it is nothing, and not what the last bits of the logarithms leave
    round(cast(
        greatest(ln(n_suppliers_in_window) - ln(share_total) + share_logs / share_total, 0) as double
    ), 12) as theil,
    cast(ln(n_suppliers_in_window) as double) as theil_max,
    cast(top1_id as string) as top1_id,
    cast(top1_share as double) as top1_share,
    cast(top3_share as double) as top3_share,
    cast(case when n_classified > 0 then concern_share end as double) as cr_concern_share,
    cast(named_squares_pv + piece_squares * default_instability as double) as hhi_wgi,
    cast(named_squares_avg6 + piece_squares * default_instability as double) as hhi_wgi_avg6,
    cast(10 * (named_squares_avg6 + piece_squares * default_instability) as double)
        as hhi_wgi_eu10,
    cast('pv' as string) as gov_dimension_set,
    cast(gov_default_share as double) as gov_default_share,
    cast(n_suppliers as integer) as n_suppliers,
    cast(n_suppliers_in_window as integer) as n_suppliers_in_window,
    cast(n_hidden as integer) as n_hidden_producers,
    cast(residual_share as double) as residual_share,
    cast(share_total as double) as share_total,
    -- equal suppliers within each bloc would give the first part, unequal ones add the second
    cast(
        bloc_share * bloc_share / greatest(n_bloc, 1)
        + case when n_outside > 0 then outside_share * outside_share / n_outside else 0 end
        as double
    ) as hhi_between_blocs,
    cast(
        bloc_squares - bloc_share * bloc_share / greatest(n_bloc, 1)
        + case
            when n_outside > 0 then outside_squares - outside_share * outside_share / n_outside
            else 0
        end as double
    ) as hhi_within_blocs,
    cast(coalesce(source_ids, source_id) as string) as source_ids,
    cast(product_codes as string) as product_codes,
    cast(basket_share as double) as basket_share,
    cast(quality_grade as string) as quality_grade,
    cast(bounded.quality_flags as string) as quality_flags,
    cast(coalesce(coverage_share, 1) as double) as coverage_share,
    cast(coalesce(filing_coverage_share, 1) as double) as filing_coverage_share,
    cast(residual_share as double) as unmapped_share,
    cast(edition as string) as source_edition_max,
    cast(lineage_id as string) as lineage_id
from bounded
left join grades
    on bounded.quality_flags = grades.quality_flags
