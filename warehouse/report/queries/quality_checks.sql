-- Checks of the release by stage and suite.
select
    stage || ': ' || suite as label,
    count(*) as n_checks,
    count(*) filter (where passed) as n_passed,
    count(*) filter (where not passed and severity = 'warning') as n_warnings,
    count(*) filter (where not passed and severity = 'critical') as n_critical
from marts.check_result
group by stage, suite
order by n_checks - n_passed desc, n_checks desc, label
