with

conversions as (

    select * from {{ source_as_known('un_hs', 'conversions') }}

)

select
    from_nomenclature, from_code, to_nomenclature, to_code, edition, known_from_date,
    payload_sha256, row_locator
from conversions
