with

seed as (

    select * from {{ seed_as_known(ref('stockpiles')) }}

)

select
    record_id, holder_id, agency, material_scope, material_ids, stage_id, measure, value, unit,
    as_of, kind, source_title, source_url, confidence, note, known_from_date, known_from_basis
from seed
