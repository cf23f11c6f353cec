{%- set graded = [
    'coverage_share', 'unmapped_share', 'missing_weight_share', 'basket_share', 'withheld_share',
    'estimated_share', 'median_band_width', 'quarantined_share', 'staleness_ratio',
    'mirror_disagreement_share',
] -%}
with

subjects as (

    select * from {{ ref('int_quality__subjects') }}

),

limits as (

    select * from {{ ref('int_quality__grade_limits') }}

),

measured as (

    {% for measure in graded %}
        select subject_kind, subject_id, period, '{{ measure }}' as measure, {{ measure }} as value
        from subjects
        where {{ measure }} is not null
        union all
    {% endfor %}
    select
        subject_kind, subject_id, period, 'coverage_status' as measure,
        case coverage_status
            when 'reported' then 1
            when 'truncated' then 2
            when 'incomplete' then 3
            else 4
        end as value
    from subjects
    where coverage_status is not null

),

graded as (

    select
        measured.subject_kind, measured.subject_id, measured.period, measured.measure,
        case
            when measured.measure = 'coverage_status' then measured.value
            when limits.sign * measured.value <= limits.sign * limits.limit_a then 1
            when limits.sign * measured.value <= limits.sign * limits.limit_b then 2
            when limits.sign * measured.value <= limits.sign * limits.limit_c then 3
            else 4
        end as step
    from measured
    left join limits
        on measured.measure = limits.measure

),

worst as (

    select
        subject_kind, subject_id, period, measure, step,
        max(step) over (partition by subject_kind, subject_id, period) as worst_step
    from graded

),

grades as (

    select
        subject_kind, subject_id, period,
        max(worst_step) as worst_step,
        string_agg(case when step = worst_step and step > 1 then measure end, '|' order by measure)
            as grade_reasons
    from worst
    group by subject_kind, subject_id, period

)

select
    cast(subjects.subject_kind as varchar) as subject_kind,
    cast(subjects.subject_id as varchar) as subject_id,
    cast(subjects.period as varchar) as period,
    cast(subjects.coverage_status as varchar) as coverage_status,
    cast(subjects.coverage_share as double) as coverage_share,
    cast(subjects.unmapped_share as double) as unmapped_share,
    cast(subjects.missing_weight_share as double) as missing_weight_share,
    cast(subjects.basket_share as double) as basket_share,
    cast(subjects.withheld_share as double) as withheld_share,
    cast(subjects.estimated_share as double) as estimated_share,
    cast(subjects.median_band_width as double) as median_band_width,
    cast(subjects.quarantined_share as double) as quarantined_share,
    cast(subjects.mirror_disagreement_share as double) as mirror_disagreement_share,
    cast(subjects.rows_per_key_raw as double) as rows_per_key_raw,
    cast(subjects.freshness_days as integer) as freshness_days,
    cast(subjects.staleness_ratio as double) as staleness_ratio,
    cast(subjects.freshest_complete_year as integer) as freshest_complete_year,
    cast(subjects.n_rows as bigint) as n_rows,
    cast(subjects.n_checks as integer) as n_checks,
    cast(case grades.worst_step
        when 1 then 'A' when 2 then 'B' when 3 then 'C' when 4 then 'D'
    end as varchar) as grade,
    cast(coalesce(grades.grade_reasons, '') as varchar) as grade_reasons,
    cast(coalesce(grades.worst_step < 4, true) as boolean) as is_publishable
from subjects
left join grades
    on
        subjects.subject_kind = grades.subject_kind
        and subjects.subject_id = grades.subject_id
        and subjects.period = grades.period
