with

exposures as (

    select
        *,
        cast(extract(year from base_period_end_date) as integer) as base_year
    from {{ ref('control_exposure').include(database=false) }}
    where
        is_headline and is_as_of_date and path = 'direct' and netting = 'gross'
        and membership_variant = 'none' and item_kind in ('material', 'good')

),

groups as (

    select * from {{ ref('item_group').include(database=false) }}
    where is_first and netting = 'gross' and membership_variant = 'none'

),

clauses as (

    select * from {{ ref('policy_timeline').include(database=false) }}
    where is_current

),

countries as (

    select * from {{ ref('dim_country').include(database=false) }}

)

select
    members.country_id,
    members.country_name as country,
    groups.item_kind, groups.item_ids, groups.item, groups.stage_id,
    groups.stage_name as stage,
    exposures.as_of_date,
    exposures.base_year as imports_year,
    exposures.base_imports_usd as imports_usd,
    exposures.exposed_usd_low, exposures.exposed_usd_high, exposures.exposure_share_low,
    exposures.exposure_share_high, exposures.exposure_share_best,
    exposures.best_missing_reason as why_no_best,
    exposures.exposure_if_suspensions_lapse_high, exposures.exposure_if_unknown_active_high,
    exposures.n_active_clauses as n_controls,
    exposures.active_clause_ids as clause_ids,
    exposures.dominant_clause_id as main_clause_id,
    clauses.title as main_control,
    issuers.country_name as main_issuer,
    groups.is_basket,
    exposures.coverage_share as measured_share,
    {{ flags_in_words('exposures.quality_flags') }} as flags,
    {{ basis_in_words('exposures.flow_basis') }} as basis,
    exposures.source_ids as sources,
    exposures.edition, exposures.lineage_id
from exposures
inner join groups
    on
        exposures.entity_id = groups.entity_id
        and exposures.item_kind = groups.item_kind
        and exposures.item_id = groups.item_id
        and exposures.stage_id = groups.stage_id
        and exposures.base_year = groups.year
inner join countries as members
    on
        groups.entity_id = members.country_id
        and members.party_status = 'signatory'
        and members.country_kind <> 'institution'
left join clauses
    on exposures.dominant_clause_id = clauses.clause_id
left join countries as issuers
    on exposures.dominant_issuer_id = issuers.country_id
