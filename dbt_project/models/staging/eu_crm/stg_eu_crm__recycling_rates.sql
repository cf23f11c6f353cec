with

rates as (

    select * from {{ source_as_known('eu_crm', 'recycling_rates') }}

)

select
    'eu_crm' as source_id,
    edition,
    lower(material) as material_label,
    cast(assessment_year as integer) as assessment_year,
    cast(eol_rir_share as double) as eol_rir_share,
    cast(second_copy_share as double) as second_copy_share,
    source_key, confidence, note, known_from_date, payload_sha256, row_locator
from rates
