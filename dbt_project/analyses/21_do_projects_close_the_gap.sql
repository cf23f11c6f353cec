-- Do the projects of members replace what they import from countries of concern by 2030?
select
    country, item, stage, imports_from_concern_t, expected_new_capacity_t, gap_t,
    round(100 * gap_share, 1) as gap_percent,
    first_year_closed, projects, why_no_gap
from analysis.project_gap
where year = 2030
order by gap_t desc nulls last, country, item
