with

project_years as (

    select * from {{ ref('int_policy__project_years') }}

),

summed as (

    select
        item_kind, item_id, stage_id, country_id, capacity_unit, status, year, pipeline_case,
        {{ exact_sum('case when year >= start_year then capacity end') }} as capacity_started,
        {{ exact_sum('capacity') }} as capacity_nameplate,
        sum(round(capacity * probability * ramp_share, 6)) as capacity_expected,
        count(*) as n_projects,
        sum(case when capacity is null then 1 else 0 end) as n_projects_without_capacity,
        sum(case when is_counted_elsewhere then 1 else 0 end) as n_projects_not_counted,
        sum(
            case when is_unverified and pipeline_case <> 'unverified' then 1 else 0 end
        ) as n_projects_unverified,
        {{ listagg_distinct('project_id', '|') }} as project_ids
    from project_years
    group by
        item_kind, item_id, stage_id, country_id, capacity_unit, status, year, pipeline_case

)

select
    cast(item_kind as varchar) as item_kind,
    cast(item_id as varchar) as item_id,
    cast(stage_id as varchar) as stage_id,
    cast(country_id as varchar) as country_id,
    cast(capacity_unit as varchar) as capacity_unit,
    cast(status as varchar) as status,
    cast(year as integer) as year,
    cast(pipeline_case as varchar) as pipeline_case,
    cast(capacity_nameplate as double) as capacity_nameplate,
    cast(
        case when capacity_nameplate is not null then coalesce(capacity_started, 0) end as double
    ) as capacity_started,
    cast(round(capacity_expected, 3) as double) as capacity_expected,
    cast(n_projects as integer) as n_projects,
    cast(n_projects_without_capacity as integer) as n_projects_without_capacity,
    cast(n_projects_not_counted as integer) as n_projects_not_counted,
    cast(n_projects_unverified as integer) as n_projects_unverified,
    cast(project_ids as varchar) as project_ids,
    cast({{ register_lineage('infrastructure_projects') }} as varchar) as lineage_id
from summed
order by
    item_kind nulls last,
    item_id nulls last,
    stage_id nulls last,
    country_id nulls last,
    capacity_unit nulls last,
    status nulls last,
    year nulls last,
    pipeline_case nulls last
