-- Which flags do the headline rows of 2024 carry, and what do they mean?
select
    flags.quality_flag, flags.meaning, flags.grade_cap,
    count(*) as n_rows
from marts.dim_quality_flag as flags
inner join marts.partner_dependency as dependency
    on contains('|' || dependency.quality_flags || '|', '|' || flags.quality_flag || '|')
where dependency.year = 2024 and dependency.period_type = 'A'
group by flags.quality_flag, flags.meaning, flags.grade_cap
order by n_rows desc, flags.quality_flag
