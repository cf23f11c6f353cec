{#
  How exposure to export controls is computed, once: for the mart `control_exposure` (a grid of
  days, as known on the run's day) and for the table function `control_exposure_asof` (one day, as
  known on one day). Gives the steps from what is known to the relation `exposures`, one row per
  day, window rule, importer or bloc, netting, item and stage. The caller defines

    clause_states   as_of_date, clause_id, is_active: clauses active, suspended or unknown on a day
    clause_flows    the rows of fct_clause_flow
    import_groups   annual imports above zero per importer, netting, item, stage and year
    day_groups      as_of_date with the key, year and last day of each import group to be used: those
                    whose year is over on that day
#}
{% macro control_exposure_steps() -%}
{%- set item = 'entity_id, netting, item_kind, item_id, stage_id' -%}
{%- set key = 'as_of_date, window_rule, ' ~ item -%}
-- the first day of the clauses in force on the day that hit the item
effects as (

    select
        clause_states.as_of_date,
        {{ item }},
        min(clause_flows.effective_date) as first_effective_date
    from clause_states
    inner join clause_flows using (clause_id)
    where clause_states.is_active
    group by clause_states.as_of_date, {{ item }}

),

years as (

    select
        as_of_date,
        {{ item }},
        max(effects.first_effective_date) as first_effective_date,
        max(day_groups.year) as latest_year,
        min(day_groups.year) as first_year,
        max(day_groups.year)
            filter (where day_groups.period_end_date < effects.first_effective_date) as year_before
    from day_groups
    left join effects using (as_of_date, {{ item }})
    group by as_of_date, {{ item }}

),

windows as (

    select
        *,
        'pre_effective' as window_rule,
        case
            when first_effective_date is null then latest_year
            else coalesce(year_before, first_year)
        end as base_year,
        case
            when first_effective_date is null then 'latest'
            when year_before is null then 'after_effect'
            else 'before_effect'
        end as base_position
    from years

    union all

    select
        *,
        'trailing_to_t' as window_rule,
        latest_year as base_year,
        'latest' as base_position
    from years

),

hits as (

    select
        windows.window_rule, clause_states.is_active, clause_states.as_of_date,
        clause_flows.*
    from windows
    inner join clause_flows using ({{ item }}, base_year)
    inner join clause_states
        on
            clause_flows.clause_id = clause_states.clause_id
            and windows.as_of_date = clause_states.as_of_date

),

-- several clauses on one flow: at least as much as the widest, at most what they cover together
per_flow as (

    select
        {{ key }},
        max(value_usd) as value_usd,
        coalesce(max(coverage_low) filter (where is_active), 0) as coverage_low,
        least(1, coalesce(sum(coverage_high) filter (where is_active), 0)) as coverage_high,
        least(1, sum(coverage_high)) as coverage_if_lapsed,
        coalesce(max(severity * coverage_high) filter (where is_active), 0) as severity
    from hits
    group by {{ key }}, importer_id, supplier_id, product_code

),

exposed_values as (

    select
        {{ key }},
        -- whole dollars: the same sum in any order
        sum(round(value_usd * coverage_low)) as low_usd,
        sum(round(value_usd * coverage_high)) as high_usd,
        sum(round(value_usd * coverage_if_lapsed)) as if_lapsed_usd,
        sum(round(value_usd * severity)) as severe_usd
    from per_flow
    group by {{ key }}

),

per_clause as (

    select
        {{ key }},
        clause_id, supplier_id,
        sum(round(value_usd * coverage_high)) as high_usd
    from hits
    where is_active
    group by {{ key }}, clause_id, supplier_id

),

active_clauses as (

    select
        {{ key }},
        count(distinct clause_id) as n_active_clauses,
        {{ listagg_distinct('clause_id', '|') }} as active_clause_ids,
        -- the largest, the first by name where two are equal
        min_by(clause_id, (-high_usd, clause_id)) as dominant_clause_id,
        min_by(supplier_id, (-high_usd, clause_id)) as dominant_issuer_id
    from per_clause
    group by {{ key }}

),

base_groups as (

    select
        *,
        year as base_year
    from import_groups

),

exposures as (

    select
        base_groups.*,
        windows.as_of_date, windows.window_rule,
        'direct' as path,
        base_groups.period_start_date as base_period_start_date,
        base_groups.period_end_date as base_period_end_date,
        windows.base_position,
        base_groups.imports_usd as base_imports_usd,
        coalesce(exposed_values.low_usd, 0) as exposed_usd_low,
        coalesce(exposed_values.high_usd, 0) as exposed_usd_high,
        -- imports of codes that are not measured may be exposed or not
        coalesce(base_groups.coverage_share, 0)
        * coalesce(exposed_values.low_usd, 0) / base_groups.imports_usd as exposure_share_low,
        coalesce(base_groups.coverage_share, 0)
        * coalesce(exposed_values.high_usd, 0) / base_groups.imports_usd
        + (1 - coalesce(base_groups.coverage_share, 0)) as exposure_share_high,
        cast(coalesce(active_clauses.n_active_clauses, 0) as integer) as n_active_clauses,
        active_clauses.active_clause_ids, active_clauses.dominant_clause_id,
        active_clauses.dominant_issuer_id,
        coalesce(base_groups.coverage_share, 0)
        * coalesce(exposed_values.severe_usd, 0) / base_groups.imports_usd
            as severity_weighted_share,
        coalesce(base_groups.coverage_share, 0)
        * coalesce(exposed_values.if_lapsed_usd, 0) / base_groups.imports_usd
        + (1 - coalesce(base_groups.coverage_share, 0)) as exposure_if_suspensions_lapse_high
    from windows
    inner join base_groups using ({{ item }}, base_year)
    left join exposed_values using ({{ key }})
    left join active_clauses using ({{ key }})

)
{%- endmacro %}
