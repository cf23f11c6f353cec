{#
  How exposure to export controls is computed, once: for the mart `control_exposure` (a grid of
  days, as known on the run's day) and for the table function `control_exposure_asof` (one day, as
  known on one day). Two macros give the steps from what is known to the relation `exposures`, one
  row per day, window rule, path, importer or bloc, netting, item, stage and kind of issuer. The
  caller defines, before the first,

    clause_states   as_of_date, clause_id, state: clauses active, suspended or unknown on a day
    direct_flows    the rows of fct_clause_flow
    origin_flows    the rows of fct_clause_origin
    origins         the rows of origin_lookthrough
    direct_groups   annual imports above zero per importer, netting, item, stage and year

  and between them

    day_groups      as_of_date with the key, year and last day of each row of `base_groups` to be
                    used: those whose year is over on that day
#}
{% macro control_exposure_groups() -%}
clause_flows as (

    select
        'direct' as path,
        clause_id, entity_id, netting, item_kind, item_id, stage_id, base_year, product_code,
        importer_id, supplier_id,
        supplier_id as issuer_id,
        effective_date, issuer_is_concern, issuer_is_partner, value_usd,
        value_usd as weight,
        measured_share_low, measured_share_high, import_share_best, coverage_low, coverage_high,
        coverage_best, coverage_best_low, coverage_best_high, best_method, severity, coverage_share
    from direct_flows
    union all
    select
        'indirect' as path,
        clause_id, entity_id, netting,
        'material' as item_kind,
        material_id as item_id,
        stage_id, base_year, product_codes as product_code, importer_id,
        origin_id as supplier_id,
        issuer_id, effective_date, issuer_is_concern, issuer_is_partner,
        cast(null as double) as value_usd,
        -- only ranks the clauses of one row, so a share does
        1e9 * import_share_high as weight,
        import_share_low as measured_share_low,
        import_share_high as measured_share_high,
        import_share_best, coverage_low, coverage_high, coverage_best, coverage_best_low,
        coverage_best_high, best_method, severity,
        -- only what has every code of the stage is traced
        1.0 as coverage_share
    from origin_flows

),

-- the imports whose origins are traced; the row of most flags stands for the importer
origin_imports as (

    select
        consumer_id, material_id, stage_id, year,
        max(qty_basis) as qty_basis,
        max_by(quality_flags, (length(quality_flags), quality_flags)) as quality_flags,
        max(split_part(source_edition_max, '|', 1)) as edition,
        max(lineage_id) as lineage_id
    from origins
    where imports_t > 0
    group by consumer_id, material_id, stage_id, year

),

-- every importer is in the trade data, so the members of a bloc are; a bloc has the flags that all
-- importers share
origin_cases as (

    select
        material_id, stage_id, year,
        max(qty_basis) as qty_basis,
        min_by(quality_flags, (length(quality_flags), quality_flags)) as quality_flags,
        max(edition) as edition,
        max(lineage_id) as lineage_id
    from origin_imports
    group by material_id, stage_id, year

),

origin_groups as (

    select
        consumer_id as entity_id,
        'none' as membership_variant,
        material_id, stage_id, year, qty_basis, quality_flags, edition, lineage_id
    from origin_imports
    union all
    select
        groups.entity_id, groups.membership_variant, cases.material_id, cases.stage_id, cases.year,
        cases.qty_basis, cases.quality_flags, cases.edition, cases.lineage_id
    from origin_cases as cases
    inner join direct_groups as groups
        on
            cases.material_id = groups.item_id
            and cases.stage_id = groups.stage_id
            and cases.year = groups.year
    where
        groups.item_kind = 'material'
        and groups.netting = 'gross'
        and groups.membership_variant = 'as_of_today'

),

base_groups as (

    select
        'direct' as path,
        'value' as share_basis,
        entity_id, netting, membership_variant, item_kind, item_id, stage_id, year,
        period_start_date, period_end_date, imports_usd, coverage_share, source_id, edition,
        lineage_id, quality_flags, filing_coverage_share
    from direct_groups
    union all
    select
        'indirect' as path,
        qty_basis as share_basis,
        entity_id,
        'gross' as netting,
        membership_variant,
        'material' as item_kind,
        material_id as item_id,
        stage_id, year,
        cast(concat(cast(year as varchar), '-01-01') as date) as period_start_date,
        cast(concat(cast(year as varchar), '-12-31') as date) as period_end_date,
        cast(null as double) as imports_usd,
        -- only what has every code of the stage is traced
        1.0 as coverage_share,
        'cepii_baci' as source_id,
        edition, lineage_id, quality_flags,
        cast(null as double) as filing_coverage_share
    from origin_groups

)
{%- endmacro %}


{% macro control_exposure_steps() -%}
{%- set item = 'path, entity_id, netting, item_kind, item_id, stage_id' -%}
{%- set issuer = 'issuer_is_concern, issuer_is_partner' -%}
{%- set key = 'as_of_date, window_rule, ' ~ item ~ ', ' ~ issuer -%}
{#- flows of several years are measured as well as those of the year that is measured least -#}
{%- set coverage -%}
case
    when base_groups.coverage_share is not null and not coalesce(hit_coverages.is_unknown, false)
        then least(base_groups.coverage_share, coalesce(hit_coverages.hit_coverage_share, 1))
end
{%- endset -%}
item_years as (

    select
        as_of_date,
        {{ item }},
        max(year) as latest_year,
        min(year) as first_year
    from day_groups
    group by as_of_date, {{ item }}

),

clauses_of_items as (

    select distinct
        clause_id, effective_date,
        {{ item }}, {{ issuer }}
    from clause_flows

),

-- distinct keeps it small: it is made before the days of an item are joined
clause_days as (

    select distinct
        clause_states.as_of_date, clause_states.state, clauses.*
    from clause_states
    inner join clauses_of_items as clauses
        on clause_states.clause_id = clauses.clause_id

),

-- the base year of a clause: the last one that was over before the clause took effect
clause_windows as (

    select
        clauses.as_of_date, clauses.state,
        clauses.clause_id,
        {% for column in item.split(', ') %}clauses.{{ column }}, {% endfor %}{{ issuer }},
        item_years.latest_year,
        max(case
            when day_groups.period_end_date < clauses.effective_date then day_groups.year
        end) as year_before,
        min(item_years.first_year) as first_year
    from clause_days as clauses
    inner join day_groups
        using (as_of_date, {{ item }})
    inner join item_years
        using (as_of_date, {{ item }})
    group by all

),

windows as (

    select
        *,
        'pre_effective' as window_rule,
        coalesce(year_before, first_year) as base_year,
        case when year_before is null then 'after_effect' else 'before_effect' end as base_position
    from clause_windows

    union all

    select
        *,
        'trailing_to_t' as window_rule,
        latest_year as base_year,
        'latest' as base_position
    from clause_windows

),

hits as (

    select
        windows.as_of_date, windows.window_rule, windows.state, windows.base_position,
        clause_flows.*
    from windows
    inner join clause_flows
        using (clause_id, {{ item }}, {{ issuer }}, base_year)

),

-- several clauses on one flow of one year: at least as much as the widest, at most what they cover
-- together
per_flow_year as (

    select
        {{ key }}, importer_id, supplier_id, product_code, base_year,
        min(base_position) filter (where state = 'active') as base_position,
        bool_or(state = 'active') as is_active,
        max(value_usd) as value_usd,
        max(measured_share_low) as share_low,
        max(measured_share_high) as share_high,
        max(import_share_best) as share_best,
        {%- for name, states in [
            ('active', "'active'"), ('lapsed', "'active', 'suspended'"),
            ('unknown', "'active', 'unknown'"),
        ] %}
        coalesce(max(coverage_low) filter (where state in ({{ states }})), 0) as {{ name }}_low,
        least(1, coalesce({{ order_independent_sum(
            'coverage_high', filter='state in (' ~ states ~ ')'
        ) }}, 0)) as {{ name }}_high,
        {%- endfor %}
        -- the estimate is that of the clause that covers most
        {%- for name in ['coverage_best', 'coverage_best_low', 'coverage_best_high'] %}
        case
            when bool_and({{ name }} is not null) filter (where state = 'active')
                then max({{ name }}) filter (where state = 'active')
        end as {{ name }},
        {%- endfor %}
        -- a clause that covers all leaves nothing to estimate
        bool_or(coverage_low = 1) filter (where state = 'active') as is_covered_whole,
        min(best_method) filter (where state = 'active') as best_method,
        coalesce(max(severity * coverage_high) filter (where state = 'active'), 0) as severity
    from hits
    group by {{ key }}, importer_id, supplier_id, product_code, base_year

),

-- clauses with different base years on one flow: the year in which they hit the largest share
per_flow as (

    select
        {{ key }}, importer_id, supplier_id, product_code,
        bool_or(is_active) as is_active,
        max_by(base_year, (share_high * active_high, base_year)) filter (where is_active)
            as base_year,
        max_by(base_position, (share_high * active_high, base_year)) filter (where is_active)
            as base_position,
        max_by(value_usd, (share_high * active_high, base_year)) filter (where is_active)
            * max_by(active_low, (share_high * active_high, base_year)) filter (where is_active)
            as low_usd,
        max_by(value_usd, (share_high * active_high, base_year)) filter (where is_active)
            * max_by(active_high, (share_high * active_high, base_year)) filter (where is_active)
            as high_usd,
        max(share_low * active_low) as share_low,
        max(share_high * active_high) as share_high,
        max(share_high * severity) as severity_share,
        {%- for name in ['best', 'best_low', 'best_high'] %}
        max_by(
            share_best * case when is_covered_whole then 1 else coverage_{{ name }} end,
            (share_high * active_high, base_year)
        ) filter (where is_active) as share_{{ name }},
        {%- endfor %}
        max_by(best_method, (share_high * active_high, base_year)) filter (where is_active)
            as best_method,
        max(share_high * lapsed_high) as lapsed_share_high,
        max(share_low * unknown_low) as unknown_share_low,
        max(share_high * unknown_high) as unknown_share_high
    from per_flow_year
    group by {{ key }}, importer_id, supplier_id, product_code

),

exposed as (

    select
        {{ key }},
        max(base_year) as base_year,
        -- PostgreSQL, where this is a function, has no lists of distinct values
        {{ dbt.listagg('distinct base_year', "'|'", 'order by base_year') }} as base_years,
        min(base_position) as base_position,
        -- whole dollars: the same sum in any order
        coalesce(sum(round(low_usd)), 0) as low_usd,
        coalesce(sum(round(high_usd)), 0) as high_usd,
        {%- for name in [
            'share_low', 'share_high', 'severity_share', 'lapsed_share_high', 'unknown_share_low',
            'unknown_share_high',
        ] %}
        least(1, coalesce({{ order_independent_sum(name) }}, 0)) as {{ name }},
        {%- endfor %}
        {%- for name in ['share_best', 'share_best_low', 'share_best_high'] %}
        case
            when bool_and({{ name }} is not null) filter (where is_active)
                then least(
                    1, {{ order_independent_sum('case when is_active then ' ~ name ~ ' end') }}
                )
        end as {{ name }},
        {%- endfor %}
        bool_or(is_active) as is_active,
        min(best_method) filter (where is_active) as best_method
    from per_flow
    group by {{ key }}

),

per_clause as (

    select
        {{ key }},
        clause_id, issuer_id,
        sum(round(weight * coverage_high)) as weight
    from hits
    where state = 'active'
    group by {{ key }}, clause_id, issuer_id

),

active_clauses as (

    select
        {{ key }},
        count(distinct clause_id) as n_active_clauses,
        {{ dbt.listagg('distinct clause_id', "'|'", 'order by clause_id') }} as active_clause_ids,
        -- the largest, the first by name where two are equal
        min_by(clause_id, (-weight, clause_id)) as dominant_clause_id,
        min_by(issuer_id, (-weight, clause_id)) as dominant_issuer_id
    from per_clause
    group by {{ key }}

),

-- how much of the item is measured in the years that the flows are from
hit_coverages as (

    select
        {{ key }},
        min(coverage_share) as hit_coverage_share,
        count(coverage_share) < count(*) as is_unknown
    from hits
    group by {{ key }}

),

-- issuers on the list of concern have a row everywhere, others where one of their clauses hits
rows_of_items as (

    select
        item_years.as_of_date, rules.window_rule,
        {% for column in item.split(', ') %}item_years.{{ column }}, {% endfor %}
        true as issuer_is_concern,
        false as issuer_is_partner,
        item_years.latest_year
    from item_years
    cross join (values ('pre_effective'), ('trailing_to_t')) as rules (window_rule)
    union all
    select
        {{ key }},
        item_years.latest_year
    from exposed
    inner join item_years
        using (as_of_date, {{ item }})
    where not exposed.issuer_is_concern

),

exposures as (

    select
        {%- for column in [
            'path', 'share_basis', 'entity_id', 'netting', 'membership_variant', 'item_kind',
            'item_id', 'stage_id', 'year', 'source_id', 'edition', 'lineage_id', 'quality_flags',
            'filing_coverage_share',
        ] %}
        base_groups.{{ column }},
        {%- endfor %}
        {{ coverage }} as coverage_share,
        rows_of_items.as_of_date, rows_of_items.window_rule, rows_of_items.issuer_is_concern,
        rows_of_items.issuer_is_partner,
        rows_of_items.window_rule = 'pre_effective'
        and rows_of_items.issuer_is_concern
        and base_groups.path = 'direct' as is_headline,
        base_groups.period_start_date as base_period_start_date,
        base_groups.period_end_date as base_period_end_date,
        exposed.base_years,
        coalesce(exposed.base_position, 'latest') as base_position,
        base_groups.imports_usd as base_imports_usd,
        case when base_groups.path = 'direct' then coalesce(exposed.low_usd, 0) end
            as exposed_usd_low,
        case when base_groups.path = 'direct' then coalesce(exposed.high_usd, 0) end
            as exposed_usd_high,
        -- imports of codes that are not measured may be exposed or not
        coalesce({{ coverage }}, 0) * coalesce(exposed.share_low, 0)
            as exposure_share_low,
        {%- for name, column in [
            ('exposure_share_high', 'share_high'),
            ('exposure_if_suspensions_lapse_high', 'lapsed_share_high'),
            ('exposure_if_unknown_active_high', 'unknown_share_high'),
        ] %}
        coalesce({{ coverage }}, 0) * coalesce(exposed.{{ column }}, 0)
        + (1 - coalesce({{ coverage }}, 0)) as {{ name }},
        {%- endfor %}
        coalesce({{ coverage }}, 0) * coalesce(exposed.unknown_share_low, 0)
            as exposure_if_unknown_active_low,
        {%- for name in ['share_best', 'share_best_low', 'share_best_high'] %}
        case
            when coalesce({{ coverage }}, 0) < 1 then null
            when exposed.is_active then exposed.{{ name }}
            else 0
        end as exposure_{{ name }},
        {%- endfor %}
        case
            when coalesce({{ coverage }}, 0) < 1
                then 'a part of the item is not measured'
            when exposed.is_active and exposed.share_best is null and base_groups.path = 'indirect'
                then 'neither the origin nor what the clauses cover is known closely enough'
            when exposed.is_active and exposed.share_best is null
                then 'no national lines show how much the clauses cover'
        end as best_missing_reason,
        case
            when coalesce({{ coverage }}, 0) = 1 and exposed.share_best is not null
                then exposed.best_method
        end as best_method,
        cast(coalesce(active_clauses.n_active_clauses, 0) as integer) as n_active_clauses,
        active_clauses.active_clause_ids, active_clauses.dominant_clause_id,
        active_clauses.dominant_issuer_id,
        coalesce({{ coverage }}, 0) * coalesce(exposed.severity_share, 0)
            as severity_weighted_share
    from rows_of_items
    left join exposed
        using ({{ key }})
    left join active_clauses
        using ({{ key }})
    left join hit_coverages
        using ({{ key }})
    inner join base_groups
        on
            coalesce(exposed.base_year, rows_of_items.latest_year) = base_groups.year
            {%- for column in item.split(', ') %}
            and rows_of_items.{{ column }} = base_groups.{{ column }}
            {%- endfor %}

)
{%- endmacro %}
