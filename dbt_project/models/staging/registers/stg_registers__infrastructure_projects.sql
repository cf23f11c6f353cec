{%- set details = 'details_known_from_date' -%}
with

seed as (

    select * from {{ seed_as_known(ref('infrastructure_projects')) }}

)

-- a project is known from its announcement; how large it is and how far, from the day on which that
-- was compiled
select
    project_id, project_name, country_id, owner_country_ids, item_labels, stage_label,
    {{ end_date_as_known('capacity', details) }} as capacity,
    {{ end_date_as_known('capacity_unit', details) }} as capacity_unit,
    {{ end_date_as_known('capacity_evidence', details) }} as capacity_evidence,
    is_counted, overlaps_with,
    {{ end_date_as_known('status', details) }} as status,
    {{ end_date_as_known('status_as_of', details) }} as status_as_of,
    {{ end_date_as_known('start_year_expected', details) }} as start_year_expected,
    announced_date,
    {{ end_date_as_known('backers', details) }} as backers,
    source_title, source_url, evidence, confidence, note, known_from_date, known_from_basis,
    details_known_from_date
from seed
