-- Projects of each member.
select
    projects.country_id as key, projects.project_name as label,
    replace(projects.item_labels, '|', ', ') as items, projects.stage_label as stage,
    projects.capacity, projects.capacity_unit, projects.status, projects.status_date,
    projects.start_year_expected, projects.confidence, projects.source_title
from marts.fct_project as projects
inner join marts.dim_country as countries
    on projects.country_id = countries.country_id
where countries.party_status = 'signatory'
order by projects.country_id, projects.project_name
