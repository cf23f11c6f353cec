-- Cells of the members' dashboards with and without a share, newest year.
select
    coalesce(why_no_share, 'has a share') as label,
    count(*) as n_cells,
    count(distinct country_id) as n_members
from analysis.partner_dashboard
where year = (select max(year) from analysis.partner_dashboard)
group by label
order by n_cells desc, label
