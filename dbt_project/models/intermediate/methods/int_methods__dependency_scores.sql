-- One row per entity, netting, membership variant, material, stage, year and test of foreign
-- dependency: the share of the material's imports under codes that the test finds dependent. The
-- test is of a code; it holds for a material where no code is a basket. A criterion is met
-- in as many years of the test's window as the test asks for; `joint_share` is what is left of the
-- score beside the shares of the single criteria.
-- noqa: disable=LT02
{% set party = ['entity_id', 'netting', 'membership_variant'] %}
{% set criteria = {
    'import_concentration': ['CDI1', 'IMPORT_HHI'],
    'foreign_share': ['CDI2'],
    'export_concentration': ['WORLD_EXPORT_HHI'],
    'import_export_ratio': ['CDI3', 'IMPORT_EXPORT_RATIO'],
} %}
with

items as (

    select
        {{ party | join(', ') }}, item_id, stage_id, year, product_codes, n_products_mapped,
        basket_share
    from {{ ref('int_dependency__import_groups') }}
    where
        item_kind = 'material'
        and period_type = 'A'
        and is_preferred
        and membership_variant in ('none', 'as_of_today')
        and product_codes is not null

),

item_codes as (

    {{ split_list(
        'items', party + ['item_id', 'stage_id', 'year', 'n_products_mapped', 'basket_share'],
        'product_codes', 'product_code'
    ) | indent(4) }}

),

tests as (

    select * from {{ ref('dependency_tests') }}

),

settings as (

    select
        method_id,
        max(case when criterion_id = 'WINDOW_YEARS' then threshold end) as window_years,
        max(case when criterion_id = 'WINDOW_YEARS_PASSED' then threshold end) as years_needed
    from {{ ref('int_dependency__thresholds') }}
    where method_id in ('EC_CDI', 'GEODEP')
    group by method_id

),

counted as (

    select
        {% for column in party %}now.{{ column }}, {% endfor %}
        now.product_code, now.year, now.method_id, now.criterion_id,
        bool_or(case when past.year = now.year then now.is_dependent_by_method end) as is_dependent,
        max(now.lineage_id) as lineage_id,
        count(*) filter (where past.is_passed) >= max(settings.years_needed) as is_met
    from tests as now
    inner join settings
        on now.method_id = settings.method_id
    inner join tests as past
        on
            {% for column in party %}now.{{ column }} = past.{{ column }}
            and {% endfor %}now.product_code = past.product_code
            and now.method_id = past.method_id
            and now.criterion_id = past.criterion_id
            and past.year > now.year - settings.window_years
            and past.year <= now.year
    group by
        {% for column in party %}now.{{ column }}, {% endfor %}
        now.product_code, now.year, now.method_id, now.criterion_id

),

by_code as (

    select
        {{ party | join(', ') }}, product_code, year, method_id,
        bool_or(is_dependent) as is_dependent,
        {%- for name, ids in criteria.items() %}
        max(case when criterion_id in ('{{ ids | join("', '") }}') and is_met then 1 else 0 end)
            as {{ name }},
        count(*) filter (where criterion_id in ('{{ ids | join("', '") }}')) > 0 as has_{{ name }},
        {%- endfor %}
        max(lineage_id) as lineage_id
    from counted
    group by {{ party | join(', ') }}, product_code, year, method_id

),

imports as (

    select
        {{ party | join(', ') }}, product_code, year, imports_usd
    from {{ ref('int_dependency__criteria_inputs') }}

),

summed as (

    select
        {% for column in party %}codes.{{ column }}, {% endfor %}
        codes.item_id, codes.stage_id, codes.year, by_code.method_id,
        max(codes.basket_share) as basket_share,
        max(codes.n_products_mapped) as n_products_mapped,
        count(*) as n_codes,
        {{ exact_sum('imports.imports_usd') }} as imports_usd,
        {{ exact_sum('imports.imports_usd', filter='by_code.is_dependent') }} as dependent_usd,
        {{ exact_sum('imports.imports_usd', filter='not by_code.is_dependent') }}
            as independent_usd,
        count(by_code.is_dependent) as n_known,
        {%- for name in criteria %}
        {{ exact_sum('imports.imports_usd', filter='by_code.' ~ name ~ ' = 1') }} as {{ name }}_usd,
        bool_or(by_code.has_{{ name }}) as has_{{ name }},
        {%- endfor %}
        {{ lineage_of('by_code.lineage_id') }} as lineage_id
    from item_codes as codes
    inner join by_code
        using ({{ party | join(', ') }}, product_code, year)
    inner join imports
        using ({{ party | join(', ') }}, product_code, year)
    group by
        {% for column in party %}codes.{{ column }}, {% endfor %}
        codes.item_id, codes.stage_id, codes.year, by_code.method_id

),

assessed as (

    select
        *,
        case
            when coalesce(imports_usd, 0) = 0 then 'no_imports'
            when basket_share > 0 then 'basket_code'
            when n_codes < n_products_mapped then 'unmeasured_code'
            when n_known < n_codes then 'too_few_years'
        end as missing_reason,
        coalesce(dependent_usd, 0) / nullif(imports_usd, 0) as known_share
    from summed

),

scored as (

    select
        *,
        case when missing_reason is null then known_share end as score,
        {%- for name in criteria %}
        case
            when missing_reason is not null then null
            when has_{{ name }} then coalesce({{ name }}_usd, 0) / imports_usd
            else 1
        end as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from assessed

)

select
    {{ party | join(', ') }}, item_id, stage_id, year, method_id, score,
    -- of a basket the test is that of the code: nothing is known of the material
    case
        when missing_reason is null or missing_reason = 'too_few_years' then known_share
    end as score_low,
    case
        when missing_reason is null or missing_reason = 'too_few_years'
            then 1 - coalesce(independent_usd, 0) / imports_usd
    end as score_high,
    missing_reason,
    case when imports_usd > 0
        then (coalesce(dependent_usd, 0) + coalesce(independent_usd, 0)) / imports_usd
    end as coverage_share,
    {{ criteria | join(', ') }},
    case
        when missing_reason is not null then null
        when {{ criteria | join(' * ') }} > 0 then score / ({{ criteria | join(' * ') }})
        else 1
    end as joint_share,
    lineage_id
from scored
