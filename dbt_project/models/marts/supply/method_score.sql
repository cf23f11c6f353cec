-- noqa: disable=LT02
{% set max_default_share = 0.05 %}
with

concentration as (

    select *
    from {{ ref('concentration') }}
    where
        item_kind = 'material'
        and period_type = 'A'
        and denominator = 'sum_rows'
        and (
            (scope = 'world_production' and is_latest_edition)
            or (scope = 'entity_imports' and is_preferred)
        )

),

-- a weight is between 0 and 1, so a weighted index moves at most as much as the plain one
concentration_variants as (

    {% for variant, column in {'plain': 'hhi', 'wgi_pv': 'hhi_wgi', 'wgi_avg6': 'hhi_wgi_avg6'}.items() %}
    select
        entity_id, netting, membership_variant, item_id, stage_id, year,
        '{{ 'hhi' if variant == 'plain' else 'hhi_governance' }}' as method_id,
        case scope when 'world_production' then 'production' else 'imports' end
        || '{{ '' if variant == 'plain' else '_' ~ variant }}' as variant,
        {% if variant == 'plain' -%}
        hhi as score,
        hhi_low as score_low,
        hhi_high as score_high,
        cast(null as varchar) as missing_reason,
        {%- else -%}
        case when gov_default_share <= {{ max_default_share }} then {{ column }} end as score,
        greatest({{ column }} - (hhi - hhi_low) - 0.5 * gov_default_share * gov_default_share, 0)
            as score_low,
        {{ column }} + (hhi_high - hhi) + 0.5 * gov_default_share * gov_default_share as score_high,
        case when gov_default_share > {{ max_default_share }} then 'missing_governance' end
            as missing_reason,
        {%- endif %}
        1 - residual_share as coverage_share,
        lineage_id
    from concentration
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

eu_method as (

    select
        entity_id,
        case when entity_id like 'BLOC:%' then 'extra' else 'gross' end as netting,
        case when entity_id like 'BLOC:%' then 'as_of_today' else 'none' end as membership_variant,
        material_id as item_id,
        assessed_stage_id as stage_id,
        assessment_year as year,
        'eu_supply_risk' as method_id,
        parameter_version as variant,
        sr as score,
        sr_low as score_low,
        sr_high as score_high,
        missing_reason, coverage_share, lineage_id
    from {{ ref('supply_risk_eu_method') }}

),

geopolrisk as (

    select
        entity_id,
        case when variant = 'geopolrisk_netted' and entity_id like 'BLOC:%' then 'extra' else 'gross' end
            as netting,
        case when entity_id like 'BLOC:%' then 'as_of_today' else 'none' end as membership_variant,
        material_id as item_id,
        stage_id, year,
        'geopolrisk' as method_id,
        variant, score, score_low, score_high, missing_reason, coverage_share, lineage_id
    from {{ ref('geopolrisk') }}

),

n_minus as (

    select *
    from {{ ref('n_minus') }}
    where removal = 'top1'

),

n_minus_variants as (

    select
        case scope when 'world' then 'WLD' else scope end as entity_id,
        netting, membership_variant,
        material_id as item_id,
        stage_id, year,
        'n_minus_1' as method_id,
        case scope when 'world' then 'production' else 'imports' end || '_supply' as variant,
        n1_supply_share as score,
        cast(null as double) as score_low,
        cast(null as double) as score_high,
        cast(null as varchar) as missing_reason,
        cast(n_named as double) / n_suppliers as coverage_share,
        lineage_id
    from n_minus

    union all

    select
        'WLD' as entity_id,
        netting, membership_variant,
        material_id as item_id,
        stage_id, year,
        'n_minus_1' as method_id,
        'production_balance' as variant,
        n1_balance_ratio as score,
        cast(null as double) as score_low,
        cast(null as double) as score_high,
        missing_reason,
        cast(n_named as double) / n_suppliers as coverage_share,
        lineage_id
    from n_minus
    where scope = 'world'

),

dependency_tests as (

    select
        entity_id, netting, membership_variant, item_id, stage_id, year,
        case method_id when 'EC_CDI' then 'ec_dependency' else 'geodep' end as method_id,
        'dependent_import_share' as variant,
        score, score_low, score_high, missing_reason, coverage_share, lineage_id
    from {{ ref('int_methods__dependency_scores') }}

),

-- what a method could not be applied to for a member is a row with its reason, not an absent one
entities as (

    select distinct
        country_id as entity_id,
        'gross' as netting,
        'none' as membership_variant
    from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

    union all

    select distinct
        bloc_id as entity_id,
        'extra' as netting,
        'as_of_today' as membership_variant
    from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

),

codes as (

    select
        item_id, stage_id,
        bool_or(is_basket) as has_basket
    from {{ ref('int_dependency__item_products') }}
    where item_kind = 'material'
    group by item_id, stage_id

),

not_assessed as (

    {% for method, variant, scored in [
        ('geopolrisk', 'geopolrisk_netted', 'geopolrisk'),
        ('eu_supply_risk', 'own_sourcing', 'eu_method'),
    ] %}
    select
        entities.entity_id, entities.netting, entities.membership_variant, produced.item_id,
        produced.stage_id, produced.year,
        '{{ method }}' as method_id,
        '{{ variant }}' as variant,
        cast(null as double) as score,
        cast(null as double) as score_low,
        cast(null as double) as score_high,
        case
            when codes.item_id is null then 'no_trade_code'
            when codes.has_basket then 'basket_code'
            else 'no_trade_in_tonnes'
        end as missing_reason,
        cast(null as double) as coverage_share,
        produced.lineage_id
    from concentration as produced
    cross join entities
    left join codes
        on
            produced.item_id = codes.item_id
            and produced.stage_id = codes.stage_id
    left join {{ scored }} as scored
        on
            entities.entity_id = scored.entity_id
            and produced.item_id = scored.item_id
            and produced.stage_id = scored.stage_id
            and produced.year = scored.year
            and scored.variant = '{{ variant }}'
    where produced.scope = 'world_production' and scored.entity_id is null
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

headline_scores as (

    select * from concentration_variants
    union all
    select * from eu_method
    union all
    select * from geopolrisk
    union all
    select * from n_minus_variants
    union all
    select * from dependency_tests
    union all
    select * from not_assessed

),

scores as (

    select
        *,
        case
            when variant like 'eu_%' then 'eu_crm'
            when
                method_id in ('eu_supply_risk', 'geopolrisk')
                or variant like 'production%'
                then {{ headline_production_source() }}
        end as production_source_id
    from headline_scores

    union all by name

    -- the same methods on other producer data: variants of their own, never the headline
    select * from {{ ref('int_methods__second_source_scores') }}

)

select
    cast(entity_id as varchar) as entity_id,
    cast(netting as varchar) as netting,
    cast(membership_variant as varchar) as membership_variant,
    cast(item_id as varchar) as item_id,
    cast(stage_id as varchar) as stage_id,
    cast(year as integer) as year,
    cast(method_id as varchar) as method_id,
    cast(variant as varchar) as variant,
    cast(production_source_id as varchar) as production_source_id,
    cast(score as double) as score,
    cast(score_low as double) as score_low,
    cast(score_high as double) as score_high,
    cast(method_id <> 'n_minus_1' as boolean) as is_higher_riskier,
    cast(missing_reason as varchar) as missing_reason,
    cast(coverage_share as double) as coverage_share,
    cast(lineage_id as varchar) as lineage_id
from scores
