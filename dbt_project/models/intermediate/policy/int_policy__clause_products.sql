-- One row per clause and HS6 code: what the registers name and what was inferred for the clause,
-- with the bounds of how much of the code the clause covers.
with

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

event_products as (

    select * from {{ ref('int_policy__event_products') }}

),

bounded_products as (

    select * from {{ seed_as_known(ref('policy_clause_products')) }}

),

codes as (

    select
        product_code,
        max(case when nomenclature = 'HS2017' then 1 else 0 end) = 1 as is_in_hs2017,
        max(case when nomenclature = 'HS2022' then 1 else 0 end) = 1 as is_in_hs2022
    from {{ ref('stg_un_hs__codes') }}
    group by product_code

),

-- a row for an act is a row for each of its clauses that takes over the act's codes
assessed_clauses as (

    select
        clauses.clause_id, clauses.event_id,
        bounded_products.*
    from bounded_products
    inner join clauses
        on
            bounded_products.clause_ref = clauses.clause_id
            or (bounded_products.clause_ref = clauses.event_id and clauses.inherits_products)

),

named as (

    select
        clauses.clause_id, products.product_code, products.hs6_basis, products.coverage,
        products.n_reference_codes, products.known_from_date
    from clauses
    inner join event_products as products on clauses.event_id = products.event_id
    where clauses.inherits_products

)

select
    coalesce(named.clause_id, assessed_clauses.clause_id) as clause_id,
    coalesce(named.product_code, assessed_clauses.product_code) as product_code,
    coalesce(named.hs6_basis, assessed_clauses.hs6_basis) as hs6_basis,
    coalesce(named.n_reference_codes, 0) as n_reference_codes,
    -- nothing is known of how much: anything from none to all
    coalesce(assessed_clauses.coverage_low, 0.0) as coverage_low,
    coalesce(assessed_clauses.coverage_high, 1.0) as coverage_high,
    coalesce(
        assessed_clauses.coverage_basis,
        case
            when named.coverage = 'partial' then 'national lines within the heading are named'
            else 'how much of the heading is meant is not known'
        end
    ) as coverage_basis,
    coalesce(codes.is_in_hs2017, false) as is_in_hs2017,
    coalesce(codes.is_in_hs2022, false) as is_in_hs2022,
    assessed_clauses.source_title, assessed_clauses.source_url,
    coalesce(named.known_from_date, assessed_clauses.known_from_date) as known_from_date
from named
full outer join assessed_clauses
    on
        named.clause_id = assessed_clauses.clause_id
        and named.product_code = assessed_clauses.product_code
left join codes on coalesce(named.product_code, assessed_clauses.product_code) = codes.product_code
