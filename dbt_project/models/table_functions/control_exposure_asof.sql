-- Trade by the editions known on the day: a release has one edition of each year.
{{ config(parameters=['as_of', 'known_on']) }}
with

clause_states as (

    select
        cast(as_of as date) as as_of_date,
        clause_id,
        state = 'active' as is_active
    from {{ ref('active_clauses').include(database=false) }}(as_of, known_on)
    where state <> 'announced'

),

clause_flows as (

    select * from {{ ref('fct_clause_flow').include(database=false) }}

),

import_groups as (

    select figures.*
    from {{ ref('partner_dependency').include(database=false) }} as figures
    where
        figures.known_from_date <= cast(known_on as date)
        and figures.period_type = 'A'
        and figures.membership_variant in ('none', 'as_of_today')
        and figures.imports_usd > 0

),

day_groups as (

    select
        cast(as_of as date) as as_of_date,
        entity_id, netting, item_kind, item_id, stage_id, year, period_end_date
    from import_groups
    where period_end_date <= cast(as_of as date)

),

{{ control_exposure_steps() }}

select
    entity_id, netting, item_kind, item_id, stage_id, as_of_date,
    cast(known_on as date) as known_on_date,
    window_rule, path, base_period_start_date, base_period_end_date, base_position,
    base_imports_usd, exposed_usd_low, exposed_usd_high, exposure_share_low, exposure_share_high,
    n_active_clauses, active_clause_ids, dominant_clause_id, dominant_issuer_id,
    severity_weighted_share, exposure_if_suspensions_lapse_high, source_id, edition, lineage_id
from exposures
