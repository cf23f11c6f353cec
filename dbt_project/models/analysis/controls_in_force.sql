with

clauses as (

    select * from {{ ref('policy_timeline').include(database=false) }}
    where is_current and state = 'active' and is_counted and direction = 'restrictive'

),

countries as (

    select * from {{ ref('dim_country').include(database=false) }}

)

select
    clauses.clause_id, clauses.issuer_id,
    coalesce(issuers.country_name, replace(clauses.issuer_id, '|', ', ')) as issuer,
    clauses.title, clauses.instrument,
    clauses.clause_kind as controlled_kind,
    clauses.targets_text as targets,
    replace(clauses.items_text, '|', ', ') as items,
    clauses.start_date as in_force_since,
    clauses.end_date as in_force_until,
    clauses.next_state, clauses.next_change_date, clauses.days_to_next_change,
    clauses.is_in_exposure_scope as is_measured_in_trade,
    clauses.is_extraterritorial, clauses.legal_ref, clauses.confidence, clauses.source_title,
    clauses.source_url, clauses.lineage_id
from clauses
left join countries as issuers
    on clauses.issuer_id = issuers.country_id
