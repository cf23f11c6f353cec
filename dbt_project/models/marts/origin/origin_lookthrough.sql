-- noqa: disable=ST07
with

shares as (

    select * from {{ ref('int_origin__shares') }}

),

cases as (

    select * from {{ ref('int_origin__cases') }}

),

weights as (

    select
        case_id,
        importer_id as consumer_id,
        {{ exact_sum('imputed_t') }} / nullif({{ exact_sum('flow_t') }}, 0) as imputed_share,
        bool_or(flow_low_t < flow_high_t) as has_content_band
    from {{ ref('int_origin__flows') }}
    group by case_id, importer_id

),

tags as (

    select * from {{ ref('int_dependency__supplier_tags') }}
    where membership_variant = 'none'

),

traced as (

    select
        cases.material_id, cases.stage_id, cases.year, cases.qty_basis, cases.production_flags,
        cases.production_edition, cases.trade_edition, cases.known_from_date, cases.lineage_id,
        shares.*,
        coalesce(weights.imputed_share, 0) as imputed_share,
        coalesce(weights.has_content_band, false) as has_content_band,
        tags.is_concern, tags.is_member, tags.concern_list_id, thresholds.coverage_limit
    from shares
    inner join cases
        using (case_id)
    left join weights
        using (case_id, consumer_id)
    left join tags
        on
            shares.origin_id = tags.supplier_id
            and cast(concat(cast(cases.year as varchar), '-12-31') as date) = tags.period_end_date
    cross join (
        select max(case when threshold_id = 'coverage_limit' then threshold end) as coverage_limit
        from {{ ref('int_dependency__thresholds') }}
    ) as thresholds

),

flagged as (

    select
        *,
        concat_ws(
            '|', nullif(production_flags, ''),
            nullif({{ flag_list({
                'band_over_10_points':
                    'origin_share_high - origin_share_low > 0.1 '
                    ~ 'and origin_share_high - origin_share_low <= 0.25',
                'band_over_25_points': 'origin_share_high - origin_share_low > 0.25',
                'content_factor_assumed': 'has_content_band',
                'exports_exceed_supply': 'residual_share > 0',
                'origin_unknown': 'origin_share is null or residual_share > coverage_limit',
                'weight_imputed': 'imputed_share > 0.05',
            }) }}, '')
        ) as quality_flags
    from traced

),

grades as (

    select * from {{ quality_grades('flagged') }}

)

select
    cast(flagged.consumer_id as varchar) as consumer_id,
    cast(flagged.origin_id as varchar) as origin_id,
    cast(flagged.material_id as varchar) as material_id,
    cast(flagged.stage_id as varchar) as stage_id,
    cast(flagged.year as integer) as year,
    cast('proportional' as varchar) as method_version,
    cast(flagged.origin_share as double) as origin_share,
    cast(flagged.origin_share_low as double) as origin_share_low,
    cast(flagged.origin_share_high as double) as origin_share_high,
    cast(flagged.direct_share as double) as direct_share,
    cast(flagged.declared_share as double) as declared_share,
    cast(flagged.import_origin_share as double) as import_origin_share,
    cast(flagged.import_origin_share_low as double) as import_origin_share_low,
    cast(flagged.import_origin_share_high as double) as import_origin_share_high,
    cast(flagged.import_residual_share as double) as import_residual_share,
    cast(flagged.hub_share as double) as hub_contribution_share,
    cast(flagged.top_hub_id as varchar) as top_hub_id,
    cast(flagged.residual_share as double) as residual_share,
    cast(flagged.supply_t * flagged.origin_share as double) as supply_from_origin_t,
    cast(flagged.consumption_t * flagged.origin_share as double) as consumption_from_origin_t,
    cast(flagged.supply_t as double) as supply_t,
    cast(flagged.consumption_t as double) as consumption_t,
    cast(flagged.production_t as double) as production_t,
    cast(flagged.declared_imports_t as double) as imports_t,
    cast(flagged.qty_basis as varchar) as qty_basis,
    cast(flagged.rescaled_ids <> '' as boolean) as is_rescaled,
    cast(flagged.rescaled_ids as varchar) as rescaled_ids,
    cast(flagged.imputed_share as double) as imputed_weight_share,
    cast(flagged.is_concern as boolean) as is_concern,
    cast(flagged.concern_list_id as varchar) as concern_list_id,
    cast(flagged.is_member as boolean) as is_member_origin,
    cast(grades.quality_grade as varchar) as quality_grade,
    cast(flagged.quality_flags as varchar) as quality_flags,
    cast(concat_ws('|', flagged.trade_edition, flagged.production_edition) as varchar)
        as source_edition_max,
    cast(flagged.known_from_date as date) as known_from_date,
    cast(flagged.lineage_id as varchar) as lineage_id
from flagged
left join grades
    on flagged.quality_flags = grades.quality_flags
