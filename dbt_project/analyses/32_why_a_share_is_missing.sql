-- Why have cells of the dashboard no share? Missing is not zero.
select
    why_no_share, is_basket,
    count(*) as n_cells,
    count(distinct country_id) as n_members
from analysis.partner_dashboard
where year = 2024 and concern_share is null
group by why_no_share, is_basket
order by n_cells desc, why_no_share
