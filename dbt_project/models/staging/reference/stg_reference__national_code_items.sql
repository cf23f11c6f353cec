with

seed as (

    select * from {{ ref('national_code_items') }}

)

select
    nomenclature, code, product_hs2017, product_hs2022, item_id, holding, valid_from, valid_to,
    source, confidence, note
from seed
