-- Restrictive clauses in force on the release's day.
select
    issuer, title as label, instrument, controlled_kind, targets, items, in_force_since,
    next_state, next_change_date, confidence, source_title
from analysis.controls_in_force
order by issuer, in_force_since desc, title
