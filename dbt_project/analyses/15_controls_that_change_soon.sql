-- Which restrictive clauses change within half a year by their own texts?
select
    next_change_date, days_to_next_change, issuer, title, items, next_state, confidence
from analysis.controls_in_force
where days_to_next_change between 0 and 182
order by next_change_date, issuer, title
