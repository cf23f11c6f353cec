-- Grades of the sources' editions.
select
    subject_id as label, period, grade, replace(grade_reasons, '|', ', ') as reasons,
    freshness_days, freshest_complete_year, n_rows
from marts.quality_scorecard
where subject_kind = 'source'
order by subject_id, period
