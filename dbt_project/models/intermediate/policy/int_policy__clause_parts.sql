-- One row per clause, HS6 code and part of the code: a national line, what is left of the lines
-- ("rest"), or an item of a basket, with how much of the part the clause covers, low to high.
with

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

parts as (

    select * from {{ seed_as_known(ref('policy_clause_parts')) }}

)

select
    clauses.clause_id, parts.product_code, parts.part_kind, parts.nomenclature,
    parts.part, parts.coverage_low, parts.coverage_high, parts.basis, parts.source_title, parts.known_from_date
from parts
inner join clauses
    on
        parts.clause_ref = clauses.clause_id
        or (parts.clause_ref = clauses.event_id and clauses.inherits_products)
