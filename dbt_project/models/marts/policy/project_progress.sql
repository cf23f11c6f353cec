with

parameters as (

    select cast(year(as_of_date) as integer) as as_of_year from {{ ref('int_run__parameters') }}

),

-- a project once: as of the run's year, which of its cases carries the figure does not matter here
projects as (

    select
        years.project_id, years.country_id, years.item_kind, years.item_id, years.stage_id,
        years.capacity_unit, years.status_group, years.probability,
        max(case when years.pipeline_case = 'base' then years.capacity end) as capacity,
        max(case when years.pipeline_case = 'unverified' then years.capacity end)
            as capacity_unverified,
        max(case when years.is_counted_elsewhere then 1 else 0 end) as is_counted_elsewhere
    from {{ ref('int_policy__project_years') }} as years
    inner join parameters on years.year = parameters.as_of_year
    where years.pipeline_case in ('base', 'unverified')
    group by
        years.project_id, years.country_id, years.item_kind, years.item_id, years.stage_id,
        years.capacity_unit, years.status_group, years.probability

),

entities as (

    select
        entity_id, country_id
    from {{ ref('int_policy__member_entities') }}
    where entity_id like 'BLOC:%'
    union all
    select distinct
        country_id as entity_id,
        country_id
    from projects

),

summed as (

    select
        entities.entity_id, projects.item_kind, projects.item_id, projects.stage_id,
        projects.capacity_unit,
        count(*) as n_projects,
        sum(case when projects.status_group = 'stopped' then 1 else 0 end) as n_stopped,
        sum(projects.is_counted_elsewhere) as n_not_counted,
        {{ exact_sum("case when projects.status_group <> 'stopped' then projects.capacity end") }}
            as capacity_announced,
        {{ exact_sum(
            "case when projects.status_group in ('financed', 'under_construction', 'operating')"
            ~ " then projects.capacity end"
        ) }} as capacity_financed,
        {{ exact_sum(
            "case projects.status_group when 'under_construction' then projects.capacity end"
        ) }}
            as capacity_under_construction,
        {{ exact_sum("case projects.status_group when 'operating' then projects.capacity end") }}
            as capacity_operating,
        {{ exact_sum(
            "case when projects.status_group <> 'stopped' then projects.capacity_unverified end"
        ) }}
            as capacity_unverified,
        sum(
            case
                when projects.capacity is null and projects.capacity_unverified is null then 1
                else 0
            end
        ) as n_projects_without_capacity,
        {{ listagg_distinct('projects.project_id', '|') }} as project_ids
    from projects
    inner join entities on projects.country_id = entities.country_id
    group by
        entities.entity_id, projects.item_kind, projects.item_id, projects.stage_id,
        projects.capacity_unit

)

select
    cast(entity_id as varchar) as entity_id,
    cast(item_kind as varchar) as item_kind,
    cast(item_id as varchar) as item_id,
    cast(stage_id as varchar) as stage_id,
    cast(capacity_unit as varchar) as capacity_unit,
    cast(capacity_announced as double) as capacity_announced,
    cast(
        case when capacity_announced is not null then coalesce(capacity_financed, 0) end as double
    ) as capacity_financed,
    cast(
        case when capacity_announced is not null then coalesce(capacity_under_construction, 0) end
        as double
    ) as capacity_under_construction,
    cast(
        case when capacity_announced is not null then coalesce(capacity_operating, 0) end as double
    ) as capacity_operating,
    cast(coalesce(capacity_financed, 0) / nullif(capacity_announced, 0) as double)
        as financed_share,
    cast(coalesce(capacity_under_construction, 0) / nullif(capacity_announced, 0) as double)
        as under_construction_share,
    cast(coalesce(capacity_operating, 0) / nullif(capacity_announced, 0) as double)
        as operating_share,
    cast(capacity_unverified as double) as capacity_unverified,
    cast(n_projects as integer) as n_projects,
    cast(n_stopped as integer) as n_projects_stopped,
    cast(n_not_counted as integer) as n_projects_not_counted,
    cast(n_projects_without_capacity as integer) as n_projects_without_capacity,
    cast(project_ids as varchar) as project_ids,
    cast({{ register_lineage('infrastructure_projects') }} as varchar) as lineage_id
from summed
order by
    entity_id nulls last,
    item_kind nulls last,
    item_id nulls last,
    stage_id nulls last,
    capacity_unit nulls last
