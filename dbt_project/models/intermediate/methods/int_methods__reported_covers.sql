-- One row per statement of a holder on how many days its stock covers.
with

statements as (

    select * from {{ ref('stg_registers__stockpiles') }}
    where measure = 'cover' and kind like 'reported_level%'

)

select
    holder_id as entity_id,
    coalesce(material_ids, 'ALL') as material_id,
    record_id as form_id,
    material_scope as stock_of,
    known_from_date as as_of_date,
    'reported' as method,
    value as reported_days,
    case when value is null then 'not_published' end as missing_reason,
    'stockpiles' as source_id,
    cast(known_from_date as varchar) as edition,
    confidence <> 'high' as is_estimated,
    known_from_date,
    {{ register_lineage('stockpiles') }} as lineage_id
from statements
