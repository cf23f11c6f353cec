-- Trade by the editions known on the day: a release has one edition of each year.
-- noqa: disable=AM07
{{ config(parameters=['as_of', 'known_on']) }}
with

clause_states as (

    select
        cast(as_of as date) as as_of_date,
        clause_id,
        state
    from {{ ref('active_clauses').include(database=false) }}(as_of, known_on)
    where state <> 'announced'

),

direct_flows as (

    select * from {{ ref('fct_clause_flow').include(database=false) }}

),

origin_flows as (

    select * from {{ ref('fct_clause_origin').include(database=false) }}

),

origins as (

    select *
    from {{ ref('origin_lookthrough').include(database=false) }}
    where known_from_date <= cast(known_on as date)

),

direct_groups as (

    select figures.*
    from {{ ref('partner_dependency').include(database=false) }} as figures
    where
        figures.known_from_date <= cast(known_on as date)
        and figures.period_type = 'A'
        and figures.membership_variant in ('none', 'as_of_today')
        and figures.imports_usd > 0

),

{{ control_exposure_groups() }},

day_groups as (

    select
        cast(as_of as date) as as_of_date,
        path, entity_id, netting, item_kind, item_id, stage_id, year, period_end_date
    from base_groups
    where period_end_date <= cast(as_of as date)

),

{{ control_exposure_steps() }}

select
    entity_id, netting, item_kind, item_id, stage_id, as_of_date,
    cast(known_on as date) as known_on_date,
    window_rule, path, issuer_is_concern, issuer_is_partner, is_headline, base_period_start_date,
    base_period_end_date, base_years, base_position, base_imports_usd, exposed_usd_low,
    exposed_usd_high, share_basis, exposure_share_low, exposure_share_high, exposure_share_best,
    exposure_share_best_low, exposure_share_best_high, best_method, best_missing_reason,
    n_active_clauses, active_clause_ids, dominant_clause_id,
    dominant_issuer_id, severity_weighted_share, exposure_if_suspensions_lapse_high,
    exposure_if_unknown_active_low, exposure_if_unknown_active_high, coverage_share,
    filing_coverage_share, quality_flags, source_id, edition, lineage_id,
    cast(null as varchar) as missing_reason
from exposures

union all by name

-- an empty answer would read as no exposure
select
    cast(as_of as date) as as_of_date,
    cast(known_on as date) as known_on_date,
    'no annual trade of a year that was over on ' || cast(cast(as_of as date) as varchar)
    || ' was known on ' || cast(cast(known_on as date) as varchar) as missing_reason
where not exists (select 1 from day_groups)
