-- One row per project, case and year: the capacity expected of it. A project counts once: under its
-- last stage, and under the one item it names, the group its items share, or `several`. The case
-- `unverified` has the capacities from own knowledge, which no other case contains; what another row
-- holds already is in none.
with

parameters as (

    select
        *,
        cast(year(as_of_date) as integer) as as_of_year
    from {{ ref('int_run__parameters') }}

),

projects as (

    select * from {{ ref('int_policy__projects') }}
    -- a status that was not known yet has no probability
    where status is not null

),

stages as (

    select * from {{ ref('int_policy__project_stages') }}
    qualify row_number() over (partition by project_id order by part_number desc) = 1

),

items as (

    select
        items.project_id,
        case
            when count(*) = 1 then min(items.item_kind)
            when count(distinct coalesce(materials.parent_material_id, items.item_id)) = 1
                then 'material'
            else 'several'
        end as item_kind,
        case
            when count(*) = 1 then min(items.item_id)
            when count(distinct coalesce(materials.parent_material_id, items.item_id)) = 1
                then min(coalesce(materials.parent_material_id, items.item_id))
            else 'several'
        end as item_id
    from {{ ref('int_policy__project_items') }} as items
    left join {{ ref('int_reference__materials') }} as materials
        on items.item_id = materials.material_id
    group by items.project_id

),

-- the latest probabilities of the run's day
probabilities as (

    select probabilities.*
    from {{ seed_as_known(ref('project_status_probabilities')) }} as probabilities
    cross join parameters
    where probabilities.valid_from <= parameters.as_of_date
    qualify
        row_number() over (
            partition by probabilities.status order by probabilities.valid_from desc
        ) = 1

),

dated as (

    select
        projects.project_id, projects.country_id, projects.status, projects.capacity,
        projects.is_counted,
        coalesce(projects.capacity_evidence = 'own knowledge', false) as is_unverified,
        probabilities.status_group,
        coalesce(projects.capacity_unit, 'not stated') as capacity_unit,
        items.item_kind, items.item_id,
        coalesce(stages.stage_id, 'any') as stage_id,
        probabilities.probability_low, probabilities.probability_base,
        probabilities.probability_high, probabilities.ramp_years, parameters.as_of_year,
        case
            when projects.status = 'operating'
                then least(
                    coalesce(projects.start_year_expected, parameters.as_of_year - 2),
                    parameters.as_of_year
                )
            -- a start that has passed without a report is postponed
            else greatest(
                coalesce(
                    projects.start_year_expected,
                    parameters.as_of_year + probabilities.start_lag_years
                ),
                parameters.as_of_year
            )
        end as start_year
    from projects
    cross join parameters
    inner join items on projects.project_id = items.project_id
    -- a status without a probability stops the run by its name
    -- (assert_project_statuses_have_probabilities)
    left join probabilities on projects.status = probabilities.status
    left join stages on projects.project_id = stages.project_id

),

cases as (

    select
        dated.*,
        cases.pipeline_case,
        case cases.pipeline_case
            when 'low' then dated.probability_low
            when 'high' then dated.probability_high
            else dated.probability_base
        end as probability
    from dated
    cross join (values ('low'), ('base'), ('high'), ('unverified')) as cases (pipeline_case)
    where
        cases.pipeline_case <> 'unverified'
        or (dated.is_unverified and dated.is_counted and dated.capacity is not null)

)

select
    cases.project_id, cases.country_id, cases.item_kind, cases.item_id, cases.stage_id,
    cases.status, cases.capacity_unit, cases.pipeline_case,
    cases.as_of_year - 2 + years.n as year,
    cases.start_year, cases.probability, cases.status_group,
    case
        when cases.is_counted and cases.is_unverified = (cases.pipeline_case = 'unverified')
            then cases.capacity
    end as capacity,
    cases.capacity is not null and not cases.is_counted as is_counted_elsewhere,
    cases.capacity is not null and cases.is_unverified as is_unverified,
    -- from start to nameplate in equal steps
    case
        when cases.as_of_year - 2 + years.n < cases.start_year then 0.0
        else least(
            1.0,
            (cases.as_of_year - 2 + years.n - cases.start_year + 1.0) / (cases.ramp_years + 1)
        )
    end as ramp_share
from cases
cross join {{ numbers(11) }} as years
