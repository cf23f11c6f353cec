with

windows as (

    select * from {{ ref('int_policy__exposure_windows') }}

),

flows as (

    select * from {{ ref('fct_clause_flow') }}

),

intervals as (

    select * from {{ ref('int_policy__clause_intervals') }}
    where known_to_date is null and state in ('active', 'suspended', 'unknown')

),

groups as (

    select * from {{ ref('int_dependency__import_groups') }}
    where
        is_preferred
        and period_type = 'A'
        and membership_variant in ('none', 'as_of_today')

),

based as (

    select
        windows.as_of_date,
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

known as (

    select
        parameters.as_of_date as run_date,
        least(
            parameters.as_known_on,
            greatest(parameters.as_of_date, max(clauses.known_from_date))
        ) as known_on_date
    from {{ ref('int_run__parameters') }} as parameters
    cross join {{ ref('int_policy__clauses') }} as clauses
    group by parameters.as_of_date, parameters.as_known_on

),

{% set key = ['as_of_date', 'window_rule', 'entity_id', 'netting', 'item_kind', 'item_id', 'stage_id'] %}
hits as (

    select
        windows.as_of_date,
        windows.window_rule,
        flows.*,
        intervals.state = 'active' as is_active
    from windows
    inner join flows using (entity_id, netting, item_kind, item_id, stage_id, base_year)
    inner join intervals
        on
            flows.clause_id = intervals.clause_id
            and {{ valid_on('intervals', 'windows.as_of_date', 'from_date', 'until_date') }}

),

-- several clauses on one flow: at least as much as the widest, at most what they cover together
per_flow as (

    select
        {{ key | join(', ') }},
        max(value_usd) as value_usd,
        coalesce(max(coverage_low) filter (where is_active), 0) as coverage_low,
        least(1, coalesce(sum(coverage_high) filter (where is_active), 0)) as coverage_high,
        least(1, sum(coverage_high)) as coverage_if_lapsed,
        coalesce(max(severity * coverage_high) filter (where is_active), 0) as severity
    from hits
    group by {{ key | join(', ') }}, importer_id, supplier_id, product_code

),

exposed as (

    select
        {{ key | join(', ') }},
        -- whole dollars: the same sum in any order
        sum(round(value_usd * coverage_low)) as low_usd,
        sum(round(value_usd * coverage_high)) as high_usd,
        sum(round(value_usd * coverage_if_lapsed)) as if_lapsed_usd,
        sum(round(value_usd * severity)) as severe_usd
    from per_flow
    group by {{ key | join(', ') }}

),

per_clause as (

    select
        {{ key | join(', ') }},
        clause_id,
        supplier_id,
        sum(round(value_usd * coverage_high)) as high_usd
    from hits
    where is_active
    group by {{ key | join(', ') }}, clause_id, supplier_id

),

behind as (

    select
        {{ key | join(', ') }},
        count(distinct clause_id) as n_active_clauses,
        {{ listagg_distinct('clause_id', '|') }} as clause_ids,
        -- the largest, the first by name where two are even
        min_by(clause_id, (-high_usd, clause_id)) as dominant_clause_id,
        min_by(supplier_id, (-high_usd, clause_id)) as dominant_issuer_id
    from per_clause
    group by {{ key | join(', ') }}

)

select
    cast(based.entity_id as varchar) as entity_id,
    cast(based.netting as varchar) as netting,
    cast(based.item_kind as varchar) as item_kind,
    cast(based.item_id as varchar) as item_id,
    cast(based.stage_id as varchar) as stage_id,
    cast(based.as_of_date as date) as as_of_date,
    cast(known.known_on_date as date) as known_on_date,
    cast(based.window_rule as varchar) as window_rule,
    cast('direct' as varchar) as path,
    cast(based.membership_variant as varchar) as membership_variant,
    cast(based.as_of_date = known.run_date as boolean) as is_as_of_date,
    cast(based.window_rule = 'pre_effective' as boolean) as is_headline,
    cast(based.period_start_date as date) as base_period_start_date,
    cast(based.period_end_date as date) as base_period_end_date,
    cast(based.base_position as varchar) as base_position,
    cast(based.imports_usd as double) as base_imports_usd,
    cast(coalesce(exposed.low_usd, 0) as double) as exposed_usd_low,
    cast(coalesce(exposed.high_usd, 0) as double) as exposed_usd_high,
    cast(coalesce(exposed.low_usd, 0) / based.imports_usd as double) as exposure_share_low,
    cast(coalesce(exposed.high_usd, 0) / based.imports_usd as double) as exposure_share_high,
    cast(coalesce(behind.n_active_clauses, 0) as integer) as n_active_clauses,
    cast(behind.clause_ids as varchar) as active_clause_ids,
    cast(behind.dominant_clause_id as varchar) as dominant_clause_id,
    cast(behind.dominant_issuer_id as varchar) as dominant_issuer_id,
    cast(coalesce(exposed.severe_usd, 0) / based.imports_usd as double)
        as severity_weighted_share,
    cast(coalesce(exposed.if_lapsed_usd, 0) / based.imports_usd as double)
        as exposure_if_suspensions_lapse_high,
    cast(based.basket_share as double) as basket_share,
    cast(based.n_members as integer) as n_members,
    cast(based.n_members_reporting as integer) as n_members_reporting,
    cast(based.flow_basis as varchar) as flow_basis,
    cast(based.denominator_scope as varchar) as denominator_scope,
    cast(based.source_id as varchar) as source_id,
    cast(based.edition as varchar) as edition,
    cast(based.lineage_id as varchar) as lineage_id
from based
cross join known
left join exposed using ({{ key | join(', ') }})
left join behind using ({{ key | join(', ') }})
