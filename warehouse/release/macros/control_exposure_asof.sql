-- The rows of control_exposure for any day, as known on any day: measures by their texts known by
-- then, trade by editions known by then. A release holds one edition of each year; before it was
-- known there is no row.
create macro marts.control_exposure_asof(as_of, known_on) as table
with

clauses as (

    select
        clause_id,
        state = 'active' as is_active
    from marts.active_clauses(as_of, known_on)
    where state <> 'announced'

),

groups as (

    select figures.*
    from marts.partner_dependency as figures
    -- our own reconciliation bears the edition of the declarations that it is made of
    inner join marts.dim_source_edition as editions
        on
            figures.edition = editions.edition
            and editions.source_id = case figures.source_id
                when 'pax_silica' then 'un_comtrade' else figures.source_id
            end
    where
        editions.known_from_date <= cast(known_on as date)
        and figures.period_type = 'A'
        and figures.membership_variant in ('none', 'as_of_today')
        and figures.imports_usd > 0
        and figures.period_end_date <= cast(as_of as date)

),

flows as (

    select
        flows.*,
        clauses.is_active
    from marts.fct_clause_flow as flows
    inner join clauses using (clause_id)

),

effects as (

    select
        entity_id, netting, item_kind, item_id, stage_id,
        min(effective_date) filter (where is_active) as effective_date
    from flows
    group by all

),

years as (

    select
        groups.entity_id, groups.netting, groups.item_kind, groups.item_id, groups.stage_id,
        max(effects.effective_date) as effective_date,
        max(groups.year) as latest_year,
        min(groups.year) as first_year,
        max(groups.year) filter (where groups.period_end_date < effects.effective_date)
            as year_before
    from groups
    left join effects using (entity_id, netting, item_kind, item_id, stage_id)
    group by all

),

windows as (

    select
        *,
        'pre_effective' as window_rule,
        case
            when effective_date is null then latest_year
            else coalesce(year_before, first_year)
        end as base_year,
        case
            when effective_date is null then 'latest'
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

based as (

    select
        windows.window_rule,
        windows.base_position,
        groups.*
    from windows
    inner join groups
        on
            windows.entity_id = groups.entity_id
            and windows.netting = groups.netting
            and windows.item_kind = groups.item_kind
            and windows.item_id = groups.item_id
            and windows.stage_id = groups.stage_id
            and windows.base_year = groups.year

),

hits as (

    select
        windows.window_rule,
        flows.*
    from windows
    inner join flows using (entity_id, netting, item_kind, item_id, stage_id, base_year)

),

per_flow as (

    select
        window_rule, entity_id, netting, item_kind, item_id, stage_id,
        max(value_usd) as value_usd,
        coalesce(max(coverage_low) filter (where is_active), 0) as coverage_low,
        least(1, coalesce(sum(coverage_high) filter (where is_active), 0)) as coverage_high,
        least(1, sum(coverage_high)) as coverage_if_lapsed,
        coalesce(max(severity * coverage_high) filter (where is_active), 0) as severity
    from hits
    group by
        window_rule, entity_id, netting, item_kind, item_id, stage_id,
        importer_id, supplier_id, product_code

),

exposed as (

    select
        window_rule, entity_id, netting, item_kind, item_id, stage_id,
        sum(round(value_usd * coverage_low)) as low_usd,
        sum(round(value_usd * coverage_high)) as high_usd,
        sum(round(value_usd * coverage_if_lapsed)) as if_lapsed_usd,
        sum(round(value_usd * severity)) as severe_usd
    from per_flow
    group by all

),

per_clause as (

    select
        window_rule, entity_id, netting, item_kind, item_id, stage_id, clause_id, supplier_id,
        sum(round(value_usd * coverage_high)) as high_usd
    from hits
    where is_active
    group by all

),

behind as (

    select
        window_rule, entity_id, netting, item_kind, item_id, stage_id,
        count(distinct clause_id) as n_active_clauses,
        string_agg(distinct clause_id, '|' order by clause_id) as active_clause_ids,
        min_by(clause_id, (-high_usd, clause_id)) as dominant_clause_id,
        min_by(supplier_id, (-high_usd, clause_id)) as dominant_issuer_id
    from per_clause
    group by all

)

select
    based.entity_id,
    based.netting,
    based.item_kind,
    based.item_id,
    based.stage_id,
    cast(as_of as date) as as_of_date,
    cast(known_on as date) as known_on_date,
    based.window_rule,
    'direct' as path,
    based.period_start_date as base_period_start_date,
    based.period_end_date as base_period_end_date,
    based.base_position,
    based.imports_usd as base_imports_usd,
    coalesce(exposed.low_usd, 0) as exposed_usd_low,
    coalesce(exposed.high_usd, 0) as exposed_usd_high,
    coalesce(exposed.low_usd, 0) / based.imports_usd as exposure_share_low,
    coalesce(exposed.high_usd, 0) / based.imports_usd as exposure_share_high,
    cast(coalesce(behind.n_active_clauses, 0) as integer) as n_active_clauses,
    behind.active_clause_ids,
    behind.dominant_clause_id,
    behind.dominant_issuer_id,
    coalesce(exposed.severe_usd, 0) / based.imports_usd as severity_weighted_share,
    coalesce(exposed.if_lapsed_usd, 0) / based.imports_usd as exposure_if_suspensions_lapse_high,
    based.source_id,
    based.edition,
    based.lineage_id
from based
left join exposed
    using (window_rule, entity_id, netting, item_kind, item_id, stage_id)
left join behind
    using (window_rule, entity_id, netting, item_kind, item_id, stage_id)
