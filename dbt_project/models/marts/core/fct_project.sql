with

projects as (

    select * from {{ ref('int_policy__projects') }}

)

select
    cast(project_id as varchar) as project_id,
    cast(project_name as varchar) as project_name,
    cast(country_id as varchar) as country_id,
    cast(owner_country_ids as varchar) as owner_country_ids,
    cast(item_labels as varchar) as item_labels,
    cast(stage_label as varchar) as stage_label,
    cast(first_stage_id as varchar) as first_stage_id,
    cast(n_stages as integer) as n_stages,
    cast(capacity as double) as capacity,
    cast(capacity_unit as varchar) as capacity_unit,
    cast(capacity_evidence as varchar) as capacity_evidence,
    cast(is_counted as boolean) as is_counted,
    cast(overlaps_with as varchar) as overlaps_with,
    cast(status as varchar) as status,
    cast(status_as_of as date) as status_date,
    cast(start_year_expected as integer) as start_year_expected,
    cast(announced_date as date) as announced_date,
    cast(backers as varchar) as backers,
    cast(source_title as varchar) as source_title,
    cast(source_url as varchar) as source_url,
    cast(evidence as varchar) as evidence,
    cast(confidence as varchar) as confidence,
    cast(note as varchar) as note,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis,
    cast(details_known_from_date as date) as details_known_from_date,
    cast('infrastructure_projects' as varchar) as source_id,
    cast({{ register_lineage('infrastructure_projects') }} as varchar) as lineage_id
from projects
order by project_id nulls last
