with

seed as (

    select * from {{ seed_as_known(ref('infrastructure_projects')) }}

)

select
    project_id, project_name, country_id, owner_country_ids, item_labels, stage_label, capacity,
    capacity_unit,
    {{ end_date_as_known('status', 'status_as_of') }} as status,
    status_as_of, start_year_expected, announced_date, backers, source_title, source_url,
    confidence, note, known_from_date, known_from_basis
from seed
