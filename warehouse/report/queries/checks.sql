-- One row per stage: number of checks by result.
select
    stage,
    count(*) as n_checks,
    count(*) filter (where passed) as n_passed,
    count(*) filter (where not passed and severity = 'critical') as n_critical,
    count(*) filter (where not passed and severity = 'warning') as n_warning,
    count(*) filter (where not passed and severity not in ('critical', 'warning')) as n_info
from marts.check_result
group by stage
order by case stage when 'sources' then 1 when 'dbt' then 2 when 'marts' then 3 else 4 end
