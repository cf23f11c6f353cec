-- What did not pass before this release went out, and why does it matter?
select
    stage, severity, subject, expectation, observed, notes
from marts.check_result
where not passed
order by severity, stage, check_number
