-- Quarter ends for the parties of the partnership and for whatever a clause ever hit; every importer
-- and item on the run's own day.
with

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

direct_groups as (

    select * from {{ ref('int_dependency__import_groups') }}
    where
        period_type = 'A'
        and membership_variant in ('none', 'as_of_today')
        and imports_usd > 0

),

direct_flows as (

    select * from {{ ref('fct_clause_flow') }}

),

origin_flows as (

    select * from {{ ref('fct_clause_origin') }}

),

origins as (

    select * from {{ ref('origin_lookthrough') }}

),

intervals as (

    select * from {{ ref('int_policy__clause_intervals') }}
    where known_to_date is null and state in ('active', 'suspended', 'unknown')

),

parties as (

    select country_id as entity_id from {{ ref('int_country__memberships') }}
    union
    select bloc_id from {{ ref('dim_bloc') }}

),

quarters as (

    select cast({{ dbt.dateadd('day', -1, 'quarter_start_date') }} as date) as as_of_date
    from (
        select
            cast(years.n + 2017 || '-' || months.month || '-01' as date) as quarter_start_date
        from {{ numbers(30) }} as years
        cross join (values ('01'), ('04'), ('07'), ('10')) as months (month)
    ) as quarter_starts

),

days as (

    select quarters.as_of_date
    from quarters
    cross join parameters
    where
        quarters.as_of_date >= date '2018-01-01'
        and quarters.as_of_date <= parameters.as_of_date
    union
    select as_of_date from parameters

),

clause_states as (

    select
        days.as_of_date, intervals.clause_id,
        intervals.state
    from days
    inner join intervals
        on {{ valid_on('intervals', 'days.as_of_date', 'from_date', 'until_date') }}

),

{{ control_exposure_groups() }},

items_hit as (

    select distinct
        flows.path, flows.entity_id, flows.netting, flows.item_kind, flows.item_id, flows.stage_id,
        true as is_hit
    from clause_flows as flows
    inner join parties on flows.entity_id = parties.entity_id

),

day_groups as (

    select
        days.as_of_date, groups.path, groups.entity_id, groups.netting, groups.item_kind,
        groups.item_id, groups.stage_id, groups.year, groups.period_end_date
    from days
    cross join parameters
    inner join base_groups as groups on days.as_of_date >= groups.period_end_date
    left join items_hit using (path, entity_id, netting, item_kind, item_id, stage_id)
    where items_hit.is_hit or days.as_of_date = parameters.as_of_date

),

evidence as (

    select known_from_date from {{ ref('int_policy__clauses') }}
    union all
    select newest_date as known_from_date from {{ ref('int_run__newest_evidence') }}

),

-- all rows are as known on the run's day, or on the day of the last entry or edition before it
knowledge as (

    select
        parameters.as_of_date as run_date,
        least(
            parameters.as_known_on,
            greatest(parameters.as_of_date, max(evidence.known_from_date))
        ) as known_on_date
    from parameters
    cross join evidence
    group by parameters.as_of_date, parameters.as_known_on

),

{{ control_exposure_steps() }}

select
    cast(exposures.entity_id as varchar) as entity_id,
    cast(exposures.netting as varchar) as netting,
    cast(exposures.item_kind as varchar) as item_kind,
    cast(exposures.item_id as varchar) as item_id,
    cast(exposures.stage_id as varchar) as stage_id,
    cast(exposures.as_of_date as date) as as_of_date,
    cast(knowledge.known_on_date as date) as known_on_date,
    cast(exposures.window_rule as varchar) as window_rule,
    cast(exposures.path as varchar) as path,
    cast(exposures.issuer_is_concern as boolean) as issuer_is_concern,
    cast(exposures.issuer_is_partner as boolean) as issuer_is_partner,
    cast(exposures.membership_variant as varchar) as membership_variant,
    cast(exposures.as_of_date = knowledge.run_date as boolean) as is_as_of_date,
    cast(exposures.is_headline as boolean) as is_headline,
    cast(exposures.base_period_start_date as date) as base_period_start_date,
    cast(exposures.base_period_end_date as date) as base_period_end_date,
    cast(exposures.base_years as varchar) as base_years,
    cast(exposures.base_position as varchar) as base_position,
    cast(exposures.base_imports_usd as double) as base_imports_usd,
    cast(exposures.exposed_usd_low as double) as exposed_usd_low,
    cast(exposures.exposed_usd_high as double) as exposed_usd_high,
    cast(exposures.share_basis as varchar) as share_basis,
    cast(exposures.exposure_share_low as double) as exposure_share_low,
    cast(exposures.exposure_share_high as double) as exposure_share_high,
    cast(exposures.exposure_share_best as double) as exposure_share_best,
    cast(exposures.exposure_share_best_low as double) as exposure_share_best_low,
    cast(exposures.exposure_share_best_high as double) as exposure_share_best_high,
    cast(exposures.best_method as varchar) as best_method,
    cast(exposures.best_missing_reason as varchar) as best_missing_reason,
    cast(exposures.n_active_clauses as integer) as n_active_clauses,
    cast(exposures.active_clause_ids as varchar) as active_clause_ids,
    cast(exposures.dominant_clause_id as varchar) as dominant_clause_id,
    cast(exposures.dominant_issuer_id as varchar) as dominant_issuer_id,
    cast(exposures.severity_weighted_share as double) as severity_weighted_share,
    cast(exposures.exposure_if_suspensions_lapse_high as double)
        as exposure_if_suspensions_lapse_high,
    cast(exposures.exposure_if_unknown_active_low as double) as exposure_if_unknown_active_low,
    cast(exposures.exposure_if_unknown_active_high as double) as exposure_if_unknown_active_high,
    cast(case
        when exposures.path = 'indirect' then 0.0 else groups.basket_share
    end as double) as basket_share,
    cast(exposures.coverage_share as double) as coverage_share,
    cast(exposures.filing_coverage_share as double) as filing_coverage_share,
    cast(exposures.quality_flags as varchar) as quality_flags,
    cast(groups.n_members as integer) as n_members,
    cast(case
        when exposures.path = 'indirect' then groups.n_members else groups.n_members_reporting
    end as integer) as n_members_reporting,
    cast(case when exposures.path = 'direct' then groups.flow_basis end as varchar) as flow_basis,
    cast(case
        when exposures.path = 'indirect' then 'all_partners' else groups.denominator_scope
    end as varchar) as denominator_scope,
    cast(exposures.source_id as varchar) as source_id,
    cast(case
        when exposures.path = 'indirect'
            then replace(regexp_replace(exposures.lineage_id, '@[^+]*', '', 'g'), '+', '|')
        else groups.source_ids
    end as varchar) as source_ids,
    cast(exposures.edition as varchar) as edition,
    cast(exposures.lineage_id as varchar) as lineage_id
from exposures
cross join knowledge
left join direct_groups as groups
    on
        exposures.entity_id = groups.entity_id
        and exposures.netting = groups.netting
        and exposures.membership_variant = groups.membership_variant
        and exposures.item_kind = groups.item_kind
        and exposures.item_id = groups.item_id
        and exposures.stage_id = groups.stage_id
        and exposures.year = groups.year
