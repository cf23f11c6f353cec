with

seed as (

    select * from {{ seed_as_known(ref('hs6_chain_stages')) }}

)

select
    nomenclature, product_code, chain_stage, list_title, known_from_date, known_from_basis
from seed
