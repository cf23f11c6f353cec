-- noqa: disable=LT02,ST07
{% set subject = ['entity_id', 'netting', 'nomenclature', 'product_code', 'method_id'] %}
with

inputs as (

    select * from {{ ref('int_dependency__criteria_inputs') }}

),

thresholds as (

    select * from {{ ref('int_dependency__thresholds') }}

),

settings as (

    select
        method_id,
        max(case when criterion_id = 'WINDOW_YEARS' then threshold end) as window_years,
        max(case when criterion_id = 'WINDOW_YEARS_PASSED' then threshold end) as years_needed,
        max(case when criterion_id = 'NO_EXPORTS_SENTINEL' then threshold end) as sentinel
    from thresholds
    group by method_id

),

criteria as (

    select *
    from thresholds
    where
        method_id in ('EC_CDI', 'GEODEP')
        and criterion_id not in ('WINDOW_YEARS', 'WINDOW_YEARS_PASSED', 'NO_EXPORTS_SENTINEL')

),

valued as (

    select
        inputs.*,
        criteria.method_id, criteria.criterion_id, criteria.comparator, criteria.threshold,
        settings.window_years, settings.years_needed,
        inputs.exports_usd = 0 as exports_zero,
        case
            when criteria.criterion_id in ('CDI1', 'IMPORT_HHI') then inputs.import_hhi
            when criteria.criterion_id = 'CDI2'
                then inputs.imports_usd / nullif(inputs.gross_imports_usd, 0)
            when criteria.criterion_id = 'WORLD_EXPORT_HHI' then inputs.world_export_hhi
            when criteria.criterion_id in ('CDI3', 'IMPORT_EXPORT_RATIO')
                then case
                    when inputs.exports_usd = 0 then settings.sentinel
                    else inputs.imports_usd / inputs.exports_usd
                end
        end as criterion_value
    from inputs
    cross join criteria
    inner join settings
        on criteria.method_id = settings.method_id

),

compared as (

    select
        valued.*,
        case
            -- no exports but imports exceed every ratio, even where the quotient has no number
            when criterion_id = 'CDI3' and exports_zero and imports_usd > 0 then true
            else criterion_value > threshold
        end as passed
    from valued

),

years as (

    select
        {{ subject | join(',\n        ') }},
        year,
        min(window_years) as window_years,
        min(years_needed) as years_needed,
        case when count(passed) = count(*) then bool_and(passed) end as passes_all,
        bool_or(concat('|', quality_flags, '|') like '%|series_break|%') as is_break
    from compared
    group by
        {{ subject | join(',\n        ') }},
        year

),

windows as (

    select
        {%- for column in subject %}
        now.{{ column }},
        {%- endfor %}
        now.year,
        cast(count(past.passes_all) as integer) as n_window_years,
        cast(count(*) filter (where past.passes_all) as integer) as window_years_passed,
        min(now.years_needed) as years_needed,
        bool_or(past.is_break and past.year = now.year) as is_break
    from years as now
    inner join years as past
        on
            {%- for column in subject %}
            now.{{ column }} = past.{{ column }}
            and
            {%- endfor %}
            past.year > now.year - now.window_years
            and past.year <= now.year
    group by
        {%- for column in subject %}
        now.{{ column }},
        {%- endfor %}
        now.year

),

-- enough passed years decide; too few seen years leave it open
criteria_results as (

    select
        windows.*,
        case
            when window_years_passed >= years_needed then true
            when n_window_years >= years_needed then false
        end as is_dependent
    from windows

),

evaluated as (

    select
        now.*,
        -- a change of what is measured is no change of dependency
        case when not now.is_break then now.is_dependent <> before.is_dependent end as is_changed
    from criteria_results as now
    left join criteria_results as before
        on
            {%- for column in subject %}
            now.{{ column }} = before.{{ column }}
            and
            {%- endfor %}
            now.year = before.year + 1

),

grades as (

    select * from {{ quality_grades('inputs') }}

)

select
    cast(compared.entity_id as varchar) as entity_id,
    cast(compared.netting as varchar) as netting,
    cast(compared.membership_variant as varchar) as membership_variant,
    cast(compared.nomenclature as varchar) as nomenclature,
    cast(compared.product_code as varchar) as product_code,
    cast(compared.year as integer) as year,
    cast(compared.method_id as varchar) as method_id,
    cast(compared.criterion_id as varchar) as criterion_id,
    cast(compared.criterion_value as double) as criterion_value,
    cast(compared.threshold as double) as threshold,
    cast(compared.comparator as varchar) as comparator,
    cast(compared.passed as boolean) as is_passed,
    cast(compared.criterion_value - compared.threshold as double) as distance_to_threshold,
    cast(compared.exports_zero as boolean) as is_exports_zero,
    cast(evaluated.n_window_years as integer) as n_window_years,
    cast(evaluated.window_years_passed as integer) as window_years_passed,
    cast(evaluated.is_dependent as boolean) as is_dependent_by_method,
    cast(evaluated.is_changed as boolean) as has_changed_from_previous_year,
    cast(compared.source_id as varchar) as source_id,
    cast(compared.edition as varchar) as edition,
    cast(compared.flow_basis as varchar) as flow_basis,
    cast(grades.quality_grade as varchar) as quality_grade,
    cast(compared.quality_flags as varchar) as quality_flags,
    cast(compared.coverage_share as double) as coverage_share,
    cast(compared.filing_coverage_share as double) as filing_coverage_share,
    cast(compared.unmapped_share as double) as unmapped_share,
    cast(compared.edition as varchar) as source_edition_max,
    cast(compared.lineage_id as varchar) as lineage_id
from compared
inner join evaluated
    using ({{ subject | join(', ') }}, year)
left join grades
    on compared.quality_flags = grades.quality_flags
