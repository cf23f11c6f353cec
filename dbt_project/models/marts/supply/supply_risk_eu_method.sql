with

cases as (

    select * from {{ ref('int_methods__eu_cases') }}
    where production_source_id in ('eu_crm', {{ headline_production_source() }})

),

risks as (

    select * from {{ ref('int_methods__eu_supply_risk') }}

),

importances as (

    select * from {{ ref('int_methods__economic_importance') }}

),

thresholds as (

    select
        max(case when threshold_id = 'eu_supply_risk' then threshold end) as supply_risk,
        max(case when threshold_id = 'eu_economic_importance' then threshold end)
            as economic_importance
    from {{ ref('int_dependency__thresholds') }}

),

assessed as (

    select
        cases.*,
        risks.supply_risk as sr,
        risks.supply_risk_low as sr_low,
        risks.supply_risk_high as sr_high,
        risks.null_reason as missing_reason,
        case
            when cases.parameter_version like '%_printed' then cases.published_economic_importance
            else importances.economic_importance
        end as ei,
        -- the stage that decides: the highest risk, or the highest that a risk can be
        row_number() over (
            partition by
                cases.entity_id, cases.material_id, cases.assessment_year, cases.parameter_version
            order by
                coalesce(risks.supply_risk, risks.supply_risk_high) desc nulls last,
                cases.stage_id asc
        ) as stage_rank
    from cases
    inner join risks
        using (
            production_source_id, entity_id, material_id, stage_id, assessment_year,
            parameter_version
        )
    left join importances
        on
            cases.material_id = importances.material_id
            and cases.parameter_version = importances.parameter_version

),

flagged as (

    select
        assessed.*,
        thresholds.supply_risk as sr_threshold,
        thresholds.economic_importance as ei_threshold,
        first_value(stage_id) over (
            partition by entity_id, material_id, assessment_year, parameter_version
            order by stage_rank
        ) as bottleneck_stage_id
    from assessed
    cross join thresholds

),

grades as (

    select * from {{ quality_grades('flagged') }}

)

select
    cast(flagged.entity_id as varchar) as entity_id,
    cast(flagged.material_id as varchar) as material_id,
    cast(flagged.stage_id as varchar) as assessed_stage_id,
    cast(flagged.assessment_year as integer) as assessment_year,
    cast(flagged.parameter_version as varchar) as parameter_version,
    cast(flagged.supply_used as varchar) as supply_used,
    cast(flagged.sourcing_basis as varchar) as sourcing_basis,
    cast(flagged.hhi_wgi_t_global as double) as hhi_wgi_t_global,
    cast(flagged.hhi_wgi_t_sourcing as double) as hhi_wgi_t_sourcing,
    cast(flagged.import_reliance_share as double) as import_reliance_share,
    cast(flagged.eol_rir_share as double) as eol_rir_share,
    cast(flagged.si_sr as double) as si_sr,
    cast(flagged.sr as double) as sr,
    cast(flagged.sr_low as double) as sr_low,
    cast(flagged.sr_high as double) as sr_high,
    cast(flagged.ei as double) as ei,
    -- undecided where a value that is not known, or a band, lies on both sides of its threshold
    cast(case
        when flagged.sr_high < flagged.sr_threshold or flagged.ei < flagged.ei_threshold then false
        when flagged.sr_low >= flagged.sr_threshold and flagged.ei >= flagged.ei_threshold then true
    end as boolean) as is_critical,
    cast(flagged.bottleneck_stage_id as varchar) as bottleneck_stage_id,
    cast(flagged.stage_rank = 1 as boolean) as is_bottleneck,
    cast(flagged.published_supply_risk as double) as published_sr,
    cast(flagged.published_economic_importance as double) as published_ei,
    cast(
        case when flagged.parameter_version = 'own_sourcing' then 'none' else 'eu_study' end
        as varchar
    ) as t_version,
    cast(flagged.missing_reason as varchar) as missing_reason,
    cast(grades.quality_grade as varchar) as quality_grade,
    cast(flagged.quality_flags as varchar) as quality_flags,
    cast(least(flagged.supply_coverage_share, flagged.sourcing_coverage_share) as double)
        as coverage_share,
    cast(flagged.known_from_date as date) as known_from_date,
    cast({{ distinct_parts('flagged.lineage_id', '+') }} as varchar) as lineage_id
from flagged
left join grades
    on flagged.quality_flags = grades.quality_flags
