-- noqa: disable=LT02
{% set cell = [
    'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id', 'stage_id',
] %}
with

rules as (

    select * from {{ ref('int_resilience__warning_rules') }}

),

members as (

    select country_id from {{ ref('int_country__members') }}
    union all
    select 'BLOC:PAX_SILICA' as country_id

),

cells as (

    select cells.*
    from {{ ref('partner_dependency') }} as cells
    inner join members
        on cells.entity_id = members.country_id
    where
        period_type = 'A'
        and item_kind in ('material', 'good')
        and membership_variant in ('none', 'as_of_today')
        and netting = case when membership_variant = 'none' then 'gross' else 'extra' end

),

changes as (

    select * from {{ ref('headline_change') }}
    where
        mart = 'partner_dependency'
        and headline_id = 'imports_usd'
        and explanation not in ('coverage', 'membership')

),

-- the latest year of each cell with the year before, where both are measured alike
years as (

    select
        cells.*,
        lag(cells.concern_share_high) over cell_years as previous_share_high,
        lag(cells.year) over cell_years as previous_year,
        max(cells.year) over (partition by {% for c in cell %}cells.{{ c }}{{ ', ' if not loop.last }}{% endfor %})
            as last_year
    from cells
    window cell_years as (
        partition by {% for c in cell %}cells.{{ c }}{{ ', ' if not loop.last }}{% endfor %}
        order by cells.year
    )

),

latest as (

    select years.*
    from years
    inner join changes
        using ({{ cell | join(', ') }}, period_type, period_start_date)
    where years.year = years.last_year and years.previous_year = years.year - 1

),

suppliers as (

    select * from {{ ref('supplier_share') }}
    where
        period_type = 'A' and is_preferred and not is_reimport and item_kind in ('material', 'good')

),

stakes as (

    select
        clause_id,
        {{ exact_sum('value_usd * coverage_low') }} as at_stake_usd_low,
        {{ exact_sum('value_usd * coverage_high') }} as at_stake_usd_high
    from {{ ref('fct_clause_flow') }}
    where
        entity_id = 'BLOC:PAX_SILICA'
        and netting = 'extra'
        and item_kind = 'product'
    group by clause_id, base_year
    qualify row_number() over (partition by clause_id order by base_year desc) = 1

),

suspensions as (

    select
        rules.rule_id, rules.as_of_date, rules.threshold,
        'BLOC:PAX_SILICA' as entity_id,
        cast(null as varchar) as item_kind, cast(null as varchar) as item_id,
        cast(null as varchar) as stage_id,
        clauses.clause_id as subject_id,
        clauses.change_date as warning_date,
        'until ' || cast(clauses.last_day_date as varchar) || ', then ' || clauses.state_after
        || ': ' || clauses.title as evidence_text,
        clauses.bloc_at_stake_usd_low as at_stake_usd_low,
        clauses.bloc_at_stake_usd_high as at_stake_usd_high,
        case
            when clauses.bloc_at_stake_usd_high is null
                then coalesce(clauses.at_stake_missing_reason, 'no measured flow of the bloc is hit')
        end as missing_reason,
        clauses.lineage_id
    from {{ ref('expiry_calendar') }} as clauses
    inner join rules
        on rules.rule_id = 'suspension_ends' and clauses.days_to_change <= rules.threshold
    where clauses.change_kind = 'suspension_lapses'

),

crossings as (

    select
        rules.rule_id, rules.as_of_date, rules.threshold,
        latest.entity_id, latest.item_kind, latest.item_id, latest.stage_id,
        'concern' as subject_id,
        latest.period_end_date as warning_date,
        'at least ' || cast(round(latest.concern_share_low, 3) as varchar) || ' in '
        || cast(latest.year as varchar) || ', at most '
        || cast(round(latest.previous_share_high, 3) as varchar) || ' the year before'
            as evidence_text,
        latest.imports_usd * latest.concern_share_low as at_stake_usd_low,
        latest.imports_usd * latest.concern_share_high as at_stake_usd_high,
        cast(null as varchar) as missing_reason,
        latest.lineage_id
    from latest
    inner join rules
        on
            rules.rule_id = 'share_crossed'
            and latest.concern_share_low > rules.threshold
            and latest.previous_share_high <= rules.threshold

),

vanished as (

    select
        rules.rule_id, rules.as_of_date, rules.threshold,
        latest.entity_id, latest.item_kind, latest.item_id, latest.stage_id,
        earlier.supplier_id as subject_id,
        latest.period_end_date as warning_date,
        'delivered ' || cast(round(earlier.value_share, 3) as varchar) || ' of the imports of '
        || cast(earlier.year as varchar) || ', nothing in ' || cast(latest.year as varchar)
            as evidence_text,
        earlier.value_usd as at_stake_usd_low,
        earlier.value_usd as at_stake_usd_high,
        cast(null as varchar) as missing_reason,
        latest.lineage_id
    from latest
    inner join suppliers as earlier
        on
            {% for c in cell %}latest.{{ c }} = earlier.{{ c }}
            and {% endfor %}latest.previous_year = earlier.year
    inner join rules
        on rules.rule_id = 'supplier_vanished' and earlier.value_share >= rules.threshold
    left join suppliers as later
        on
            {% for c in cell %}latest.{{ c }} = later.{{ c }}
            and {% endfor %}latest.year = later.year
            and earlier.supplier_id = later.supplier_id
    where coalesce(later.value_usd, 0) = 0

),

gaps as (

    select
        rules.rule_id, rules.as_of_date, rules.threshold,
        gaps.importer_id as entity_id,
        'product' as item_kind,
        gaps.product_code as item_id,
        cast(null as varchar) as stage_id,
        gaps.exporter_id || '|' || gaps.period_type as subject_id,
        gaps.period_end_date as warning_date,
        'a difference ' || cast(round(gaps.rolling_z, 1) as varchar)
        || ' standard deviations from the usual one' as evidence_text,
        gaps.abs_gap_usd as at_stake_usd_low,
        gaps.abs_gap_usd as at_stake_usd_high,
        cast(null as varchar) as missing_reason,
        gaps.lineage_id
    from {{ ref('mirror_gap') }} as gaps
    inner join rules
        on rules.rule_id = 'mirror_gap_jumped' and abs(gaps.rolling_z) >= rules.threshold
    where gaps.measure = 'usd'
    qualify gaps.period_start_date = max(gaps.period_start_date) over (partition by gaps.period_type)

),

projects as (

    select
        rules.rule_id, rules.as_of_date, rules.threshold,
        projects.country_id as entity_id,
        cast(null as varchar) as item_kind, cast(null as varchar) as item_id,
        projects.first_stage_id as stage_id,
        projects.project_id as subject_id,
        projects.status_date as warning_date,
        projects.project_name || ': start expected in '
        || cast(projects.start_year_expected as varchar) || ', status ' || projects.status
            as evidence_text,
        cast(null as double) as at_stake_usd_low,
        cast(null as double) as at_stake_usd_high,
        'a capacity has no value in dollars' as missing_reason,
        projects.lineage_id
    from {{ ref('fct_project') }} as projects
    inner join rules
        on
            rules.rule_id = 'project_late'
            and projects.start_year_expected + rules.threshold < year(rules.as_of_date)
    where projects.status not in ('operating', 'cancelled')

),

adopted as (

    select
        rules.rule_id, rules.as_of_date, rules.threshold,
        'BLOC:PAX_SILICA' as entity_id,
        cast(null as varchar) as item_kind, cast(null as varchar) as item_id,
        cast(null as varchar) as stage_id,
        acts.event_id as subject_id,
        acts.announced_date as warning_date,
        acts.issuer_ids || ', ' || acts.measure_type || ': ' || acts.title as evidence_text,
        stakes.at_stake_usd_low, stakes.at_stake_usd_high,
        case
            when stakes.clause_id is null then 'no export control on goods with codes'
        end as missing_reason,
        acts.lineage_id
    from {{ ref('fct_policy_event') }} as acts
    inner join rules
        on
            rules.rule_id = 'instrument_adopted'
            and acts.announced_date <= rules.as_of_date
            and {{ dbt.datediff('acts.announced_date', 'rules.as_of_date', 'day') }} <= rules.threshold
    left join stakes
        on acts.event_id = stakes.clause_id

),

found as (

    {% for step in ['suspensions', 'crossings', 'vanished', 'gaps', 'projects', 'adopted'] -%}
    select * from {{ step }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    cast(found.rule_id as varchar) as rule_id,
    cast(found.entity_id as varchar) as entity_id,
    cast(coalesce(found.item_kind, 'ALL') as varchar) as item_kind,
    cast(coalesce(found.item_id, 'ALL') as varchar) as item_id,
    cast(coalesce(found.stage_id, 'ANY') as varchar) as stage_id,
    cast(found.subject_id as varchar) as subject_id,
    cast(
        row_number() over (
            order by
                found.at_stake_usd_high desc nulls last, found.rule_id, found.entity_id,
                found.item_id, found.stage_id, found.subject_id
        ) as integer
    ) as rank,
    cast(rules.rule_text as varchar) as rule_text,
    cast(found.threshold as double) as rule_threshold,
    cast(rules.threshold_unit as varchar) as threshold_unit,
    cast(found.as_of_date as date) as as_of_date,
    cast(found.warning_date as date) as warning_date,
    cast(found.evidence_text as varchar) as evidence_text,
    cast(found.at_stake_usd_low as double) as at_stake_usd_low,
    cast(found.at_stake_usd_high as double) as at_stake_usd_high,
    cast(found.missing_reason as varchar) as missing_reason,
    cast(found.lineage_id as varchar) as lineage_id
from found
inner join rules
    on found.rule_id = rules.rule_id
where found.at_stake_usd_high is null or found.at_stake_usd_high >= rules.min_value_usd
order by rank nulls last
