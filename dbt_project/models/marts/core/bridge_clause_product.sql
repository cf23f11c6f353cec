with

products as (

    select * from {{ ref('int_policy__clause_products') }}

),

clauses as (

    select * from {{ ref('int_policy__clauses') }}

)

select
    cast(products.clause_id as varchar) as clause_id,
    cast(clauses.event_id as varchar) as measure_id,
    cast(products.product_code as varchar) as product_code,
    cast(products.hs6_basis as varchar) as hs6_basis,
    cast(products.coverage_low as double) as coverage_low,
    cast(products.coverage_high as double) as coverage_high,
    cast(products.coverage_basis as varchar) as coverage_basis,
    cast(products.n_reference_codes as integer) as n_reference_codes,
    cast(products.is_in_hs2017 as boolean) as is_in_hs2017,
    cast(products.is_in_hs2022 as boolean) as is_in_hs2022,
    cast(clauses.is_in_exposure_scope as boolean) as is_in_exposure_scope,
    cast(coalesce(products.source_title, clauses.source_title) as varchar) as source_title,
    cast(coalesce(products.source_url, clauses.source_url) as varchar) as source_url,
    cast(products.known_from_date as date) as known_from_date,
    cast({{ register_lineage('policy_register') }} as varchar) as lineage_id
from products
inner join clauses on products.clause_id = clauses.clause_id
order by clause_id nulls last, product_code nulls last
