-- noqa: disable=LT02,ST07
{{ config(tags=['spark']) }}
{% set item_period = [
    'item_kind', 'item_id', 'stage_id', 'period_type', 'period_start_date',
] %}
with

sources as (

    select * from {{ ref('int_dependency__bloc_sources') }}

),

measures as (

    select * from {{ ref('int_dependency__bloc_measures') }}

),

base as (

    select * from measures
    where membership_variant = 'as_of_today'

),

exposures as (

    select * from {{ ref('int_dependency__bloc_exposures') }}

),

concentrations as (

    select * from {{ ref('concentration') }}
    where scope = 'entity_imports' and netting = 'extra'

),

production as (

    select
        entity_production.*,
        entity_production.entity_id as bloc_id,
        'material' as item_kind,
        material_id as item_id,
        'A' as period_type
    from {{ ref('int_dependency__entity_production') }} as entity_production

),

coverage as (

    select * from {{ ref('int_dependency__bloc_coverage') }}

),

variants as (

    select * from {{ ref('int_dependency__bloc_variants') }}

),

-- the variant of each period is there even while the bloc has no member
grid as (

    select
        sources.*,
        variants.membership_variant
    from sources
    inner join variants
        on sources.bloc_id = variants.bloc_id

),

joined as (

    select
        {{ all_but(
            'grid', ['coverage_share', 'filing_coverage_share', 'basket_share', 'missing_reason']
        ) }},
        coverage.coverage_share,
        coalesce(coverage.n_members, 0) as n_members,
        coalesce(coverage.n_members_reporting, 0) as n_members_reporting,
        measures.extra_usd, measures.extra_low_usd, measures.gross_usd, measures.concern_share,
        measures.concern_share_low, measures.concern_share_high,
        measures.unmapped_share, measures.basket_share,
        case
            when coalesce(coverage.n_members, 0) = 0 then 'the bloc had no members in the period'
            when measures.bloc_id is null then 'fewer members report than describe a bloc'
            else measures.missing_reason
        end as missing_reason,
        coalesce(measures.candidate_hhi, concentrations.hhi) as supplier_hhi,
        exposures.most_exposed_member_id, exposures.most_exposed_share, exposures.dispersion_pp,
        production.production_share as bloc_production_share,
        production.lineage_id as production_lineage_id,
        coalesce(measures.quality_flags, 'share_not_measured') as quality_flags,
        (measures.concern_share - today.concern_share) * 100 as delta_vs_base_pp
    from grid
    left join coverage
        using (bloc_id, membership_variant, {{ item_period | join(', ') }})
    left join measures
        using (bloc_id, membership_variant, {{ item_period | join(', ') }})
    left join base as today
        on
            grid.bloc_id = today.bloc_id
            {%- for column in item_period %}
            and grid.{{ column }} = today.{{ column }}
            {%- endfor %}
    left join concentrations
        on
            grid.bloc_id = concentrations.entity_id
            and grid.membership_variant = concentrations.membership_variant
            {%- for column in item_period %}
            and grid.{{ column }} = concentrations.{{ column }}
            {%- endfor %}
    left join exposures
        using (bloc_id, membership_variant, {{ item_period | join(', ') }})
    left join production
        on
            grid.bloc_id = production.bloc_id
            and grid.membership_variant = production.membership_variant
            and grid.item_kind = production.item_kind
            and grid.item_id = production.item_id
            and grid.stage_id = production.stage_id
            and grid.period_type = production.period_type
            and grid.year = production.year

),

grades as (

    select * from {{ quality_grades('joined') }}

)

select
    cast(joined.bloc_id as string) as bloc_id,
    cast(joined.membership_variant as string) as membership_variant,
    cast(joined.item_kind as string) as item_kind,
    cast(joined.item_id as string) as item_id,
    cast(joined.stage_id as string) as stage_id,
    cast(joined.period_type as string) as period_type,
    cast(joined.period_start_date as date) as period_start_date,
    cast(joined.period_end_date as date) as period_end_date,
    cast(joined.year as integer) as year,
    cast(joined.n_members as integer) as n_members,
    cast(joined.n_members_reporting as integer) as n_members_reporting,
    cast(joined.extra_usd as double) as extra_imports_usd,
    cast(joined.extra_low_usd as double) as extra_imports_low_usd,
    cast(joined.gross_usd - joined.extra_usd as double) as intra_imports_usd,
    cast(joined.gross_usd as double) as gross_imports_usd,
    cast(joined.concern_share as double) as concern_share,
    cast(joined.concern_share_low as double) as concern_share_low,
    cast(joined.concern_share_high as double) as concern_share_high,
    cast(joined.supplier_hhi as double) as supplier_hhi,
    cast(joined.bloc_production_share as double) as bloc_production_share,
    cast(joined.most_exposed_member_id as string) as most_exposed_member_id,
    cast(joined.most_exposed_share as double) as most_exposed_share,
    cast(joined.dispersion_pp as double) as dispersion_pp,
    cast(joined.delta_vs_base_pp as double) as delta_vs_base_pp,
    cast(joined.basket_share as double) as basket_share,
    cast(joined.n_products as integer) as n_products,
    cast(joined.product_codes as string) as product_codes,
    cast(joined.nomenclature as string) as nomenclature,
    cast(joined.source_id as string) as source_id,
    cast(joined.edition as string) as edition,
    cast(joined.flow_basis as string) as flow_basis,
    cast(joined.membership_variant <> 'as_of_period' as boolean) as is_fixed_basket,
    cast(grades.quality_grade as string) as quality_grade,
    cast(joined.quality_flags as string) as quality_flags,
    cast(joined.source_ids as string) as source_ids,
    cast(joined.bases as string) as bases,
    cast(joined.missing_reason as string) as missing_reason,
    cast(joined.coverage_share as double) as coverage_share,
    cast(cast(joined.n_members_reporting as double) / nullif(joined.n_members, 0) as double)
        as filing_coverage_share,
    cast(joined.unmapped_share as double) as unmapped_share,
    cast(joined.edition as string) as source_edition_max,
    cast({{ lineage_union(['joined.lineage_id', 'joined.production_lineage_id']) }} as string)
        as lineage_id
from joined
left join grades
    on joined.quality_flags = grades.quality_flags
