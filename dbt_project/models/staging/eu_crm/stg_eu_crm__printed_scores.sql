with

scores as (

    select * from {{ source_as_known('eu_crm', 'printed_scores') }}

)

select
    'eu_crm' as source_id,
    edition,
    lower(material) as material_label,
    cast(assessment_year as integer) as assessment_year,
    cast(supply_risk as double) as supply_risk,
    cast(economic_importance as double) as economic_importance,
    case when supply_risk is null then 'not_available' else 'reported' end as value_status,
    known_from_date, payload_sha256, row_locator
from scores
