with

products as (

    select * from {{ ref('int_reference__products') }}

)

select
    cast(nomenclature as varchar) as nomenclature,
    cast(product_code as varchar) as product_code,
    cast(description as varchar) as description,
    cast(description_nomenclature as varchar) as description_nomenclature,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    cast(known_from_date as date) as known_from_date,
    cast(lineage_id as varchar) as lineage_id
from products
order by nomenclature nulls last, product_code nulls last
