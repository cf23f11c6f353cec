-- One row per clause of a state act. An act without clauses of its own has one that is the act;
-- a clause inherits from its act what it does not state itself.
with

events as (

    select * from {{ ref('stg_registers__policy_register') }}

),

listed as (

    select * from {{ seed_as_known(ref('policy_clauses')) }}

),

severities as (

    select * from {{ seed_as_known(ref('measure_severity')) }}

),

clauses as (

    select
        events.*,
        listed.clause_title,
        coalesce(listed.clause_id, events.event_id) as clause_id,
        coalesce(listed.inherits_products, true) as inherits_products,
        coalesce(listed.measure_type, events.measure_type) as clause_measure_type,
        coalesce(listed.direction, events.direction) as clause_direction,
        coalesce(listed.effective_date, events.effective_date) as clause_effective_date,
        coalesce(listed.target_ids, events.target_ids) as clause_target_ids,
        coalesce(listed.item_labels, events.item_labels) as clause_item_labels,
        coalesce(listed.source_title, events.source_title) as clause_source_title,
        coalesce(listed.source_url, events.source_url) as clause_source_url,
        coalesce(listed.note, events.note) as clause_note,
        listed.clause_kind as listed_kind
    from events
    left join listed on events.event_id = listed.event_id

)

select
    clauses.clause_id, clauses.event_id,
    coalesce(clauses.clause_title, clauses.title) as clause_title,
    clauses.title as measure_title,
    coalesce(clauses.listed_kind, severities.clause_kind, 'other') as clause_kind,
    clauses.announced_date,
    clauses.clause_effective_date as effective_date,
    clauses.end_date, clauses.end_kind, clauses.end_known_from_date, clauses.date_precision,
    clauses.issuer_ids,
    clauses.clause_target_ids as target_ids,
    clauses.clause_measure_type as measure_type,
    clauses.clause_direction as direction,
    clauses.clause_item_labels as item_labels,
    clauses.inherits_products, severities.severity,
    -- what holds goods back at the issuer's border, and can be weighed by customs codes
    coalesce(
        severities.is_export_control
        -- what only repeats another act adds nothing to what it holds back
        and clauses.relation_to_parent is distinct from 'reaffirms'
        and clauses.clause_direction = 'restrictive'
        and coalesce(clauses.listed_kind, severities.clause_kind) = 'goods',
        false
    ) as is_in_exposure_scope,
    -- a prolongation counts through what it prolongs, a repetition through what it repeats
    coalesce(clauses.relation_to_parent not in ('reaffirms', 'extends'), true) as is_counted,
    clauses.is_extraterritorial, clauses.parent_event_ids, clauses.relation_to_parent,
    clauses.change_basis,
    clauses.instrument_ref, clauses.status, clauses.status_as_of, clauses.confidence,
    clauses.verified_via,
    clauses.clause_source_title as source_title,
    clauses.clause_source_url as source_url,
    clauses.clause_note as note,
    clauses.known_from_date, clauses.known_from_basis
from clauses
left join severities on clauses.clause_measure_type = severities.measure_type
