with

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

excluded_targets as (

    select * from {{ ref('stg_registers__policy_excluded_targets') }}

)

select
    cast(clauses.clause_id as varchar) as clause_id,
    cast(clauses.event_id as varchar) as measure_id,
    cast(excluded_targets.country_id as varchar) as country_id,
    cast(excluded_targets.exclusion_kind as varchar) as exclusion_kind,
    -- trade within a customs territory is no export; a general licence leaves the duty in place
    cast(
        excluded_targets.exclusion_kind not in ('intra-EU transfer', 'customs union') as boolean
    ) as is_covered,
    cast(excluded_targets.basis as varchar) as basis,
    cast(excluded_targets.verified_via as varchar) as verified_via,
    cast(excluded_targets.confidence as varchar) as confidence,
    cast(excluded_targets.source_title as varchar) as source_title,
    cast(excluded_targets.source_url as varchar) as source_url,
    cast(excluded_targets.note as varchar) as note,
    cast(
        greatest(excluded_targets.known_from_date, clauses.known_from_date) as date
    ) as known_from_date,
    cast({{ register_lineage('policy_register') }} as varchar) as lineage_id
from excluded_targets
inner join clauses on excluded_targets.event_id = clauses.event_id
order by clause_id nulls last, country_id nulls last
