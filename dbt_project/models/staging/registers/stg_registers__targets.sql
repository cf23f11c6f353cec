with

seed as (

    select * from {{ seed_as_known(ref('targets')) }}

)

select
    target_id, entity_id, measure, comparator, target_value, unit, target_date, material_scope,
    material_ids, stage_scope, legal_ref, source_title, source_url, note, known_from_date,
    known_from_basis
from seed
