-- The partnership's imports that each clause in force covers, for certain and at most, in the last
-- year before it took effect. Products, not items: an item that shares its codes with another
-- would count them twice.
with

flows as (

    select
        *,
        coalesce(
            max(case when base_year < year(effective_date) then base_year end)
                over (partition by clause_id, product_code),
            min(base_year) over (partition by clause_id, product_code)
        ) as reference_year
    from marts.fct_clause_flow
    where
        entity_id = 'BLOC:PAX_SILICA' and netting = 'extra' and membership_variant = 'as_of_today'
        and item_kind = 'product' and issuer_is_concern

)

select
    clauses.title as label, clauses.issuer,
    sum(round(flows.value_usd * flows.coverage_low)) as exposed_usd_low,
    sum(round(flows.value_usd * flows.coverage_high)) as exposed_usd_high,
    max(flows.base_year) as imports_year,
    count(distinct flows.product_code) as n_products,
    clauses.items, clauses.in_force_since, clauses.next_state, clauses.next_change_date
from flows
inner join analysis.controls_in_force as clauses
    on flows.clause_id = clauses.clause_id
where flows.base_year = flows.reference_year
group by
    flows.clause_id, clauses.title, clauses.issuer, clauses.items, clauses.in_force_since,
    clauses.next_state, clauses.next_change_date
having sum(flows.value_usd * flows.coverage_high) > 0
order by exposed_usd_high desc, label
