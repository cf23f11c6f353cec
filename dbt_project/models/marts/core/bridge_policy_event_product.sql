with

products as (

    select * from {{ ref('int_policy__event_products') }}

)

select
    cast(event_id as varchar) as event_id,
    cast(product_code as varchar) as product_code,
    cast(hs6_basis as varchar) as hs6_basis,
    cast(coverage as varchar) as coverage,
    cast(n_reference_codes as integer) as n_reference_codes,
    cast(is_in_hs2017 as boolean) as is_in_hs2017,
    cast(is_in_hs2022 as boolean) as is_in_hs2022,
    cast(known_from_date as date) as known_from_date
from products
order by event_id nulls last, product_code nulls last
