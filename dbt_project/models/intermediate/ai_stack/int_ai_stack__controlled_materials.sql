-- One row per target and material whose exports a clause in force on the run's day holds back: who
-- is addressed (ALL or a country), by whom.
select distinct
    targets.country_id as target_id,
    issuers.country_id as issuer_id,
    materials.item_id as material_id,
    clauses.clause_id
from {{ ref('int_policy__clauses') }} as clauses
inner join {{ ref('int_policy__clause_intervals') }} as intervals
    on clauses.clause_id = intervals.clause_id
inner join {{ ref('bridge_clause_material') }} as materials
    on clauses.clause_id = materials.clause_id and materials.item_kind = 'material'
inner join {{ ref('bridge_clause_target') }} as targets
    on clauses.clause_id = targets.clause_id and targets.role = 'target'
inner join {{ ref('bridge_clause_target') }} as issuers
    on clauses.clause_id = issuers.clause_id and issuers.role = 'issuer'
cross join {{ ref('int_run__parameters') }} as parameters
where
    clauses.is_in_exposure_scope
    and intervals.known_to_date is null
    and intervals.state = 'active'
    and {{ valid_on('intervals', 'parameters.as_of_date', 'from_date', 'until_date') }}
