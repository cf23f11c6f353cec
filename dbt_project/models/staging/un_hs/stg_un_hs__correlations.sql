with

correlations as (

    select * from {{ source_as_known('un_hs', 'correlations') }}

)

select
    from_nomenclature, from_code, to_nomenclature, to_code, relationship, edition, known_from_date,
    payload_sha256, row_locator
from correlations
-- electronic waste is linked to hundreds of older codes: a join over it fans out to most of the
-- tariff; the bundle leaves it out, a file from the inbox does not
where from_code not like '8549%'
