{{ config(
    description="Each status of a project has a probability in project_status_probabilities on the "
        ~ "day of the run; a status without one would count as nothing."
) }}
select
    years.status,
    min(years.project_id) as first_project_id,
    count(distinct years.project_id) as n_projects
from {{ ref('int_policy__project_years') }} as years
cross join {{ ref('int_run__parameters') }} as parameters
where
    years.probability is null
    -- there was no assessment before
    and parameters.as_of_date >= date '2026-10-01'
group by years.status
