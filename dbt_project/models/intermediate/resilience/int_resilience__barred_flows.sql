-- One row per item, supplier and importer (ALL for everybody) whose deliveries a ban in force on the
-- run's day keeps from growing: a ban on exports that covers the whole of one of the item's codes.
with

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

states as (

    select * from {{ ref('int_policy__clause_intervals') }}
    where state = 'active' and known_to_date is null

),

clauses as (

    select * from {{ ref('int_policy__clauses') }}
    where measure_type = 'export ban' and is_in_exposure_scope

),

products as (

    select * from {{ ref('int_policy__clause_products') }}
    where coverage_low = 1

),

countries as (

    select * from {{ ref('bridge_clause_target') }}

),

item_products as (

    select distinct
        product_code, item_kind, item_id, stage_id
    from {{ ref('int_dependency__item_products') }}
    where item_kind in ('material', 'good')

)

select
    items.item_kind, items.item_id, items.stage_id,
    issuers.country_id as supplier_id,
    targets.country_id as importer_id,
    min(clauses.clause_id) as clause_id
from clauses
inner join states
    on clauses.clause_id = states.clause_id
cross join parameters
inner join products
    on clauses.clause_id = products.clause_id
inner join item_products as items
    on products.product_code = items.product_code
inner join countries as issuers
    on clauses.clause_id = issuers.clause_id and issuers.role = 'issuer'
inner join countries as targets
    on clauses.clause_id = targets.clause_id and targets.role = 'target'
where {{ valid_on('states', 'parameters.as_of_date', 'from_date', 'until_date') }}
group by
    items.item_kind, items.item_id, items.stage_id, issuers.country_id, targets.country_id
