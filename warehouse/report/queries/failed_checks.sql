-- One row per check that did not pass, the most severe first.
select
    stage,
    subject,
    expectation,
    severity,
    observed,
    notes,
    n_rows
from marts.check_result
where not passed
order by
    case severity when 'critical' then 0 when 'warning' then 1 else 2 end,
    stage,
    subject,
    expectation
limit 40
