-- Is the October 2025 package of China in force on a day, as known on that day? The state is
-- unknown after the last text; `statement` gives what that text stated.
select
    clause_id, state, is_in_force, state_before_until_date, evidence_until_date, statement
from marts.active_clauses(date '2026-11-23', date '2026-11-23')
where measure_id in (
    'CHN-2025-ANN55', 'CHN-2025-ANN56', 'CHN-2025-ANN57', 'CHN-2025-ANN58', 'CHN-2025-ANN61',
    'CHN-2025-ANN62'
)
order by clause_id
