with

codes as (

    select * from {{ source_as_known('un_hs', 'codes') }}

)

select
    nomenclature, product_code, description, edition, known_from_date, payload_sha256, row_locator
from codes
