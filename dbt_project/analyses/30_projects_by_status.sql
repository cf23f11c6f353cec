-- Which projects are in the register, by member and status?
select
    countries.country_name as country, projects.status,
    count(*) as n_projects,
    string_agg(projects.project_name, '; ' order by projects.project_name) as projects
from marts.fct_project as projects
inner join marts.dim_country as countries
    on projects.country_id = countries.country_id
where countries.party_status = 'signatory'
group by countries.country_name, projects.status
order by country, projects.status
