with

seed as (

    select * from {{ seed_as_known(ref('ai_node_materials')) }}

)

select
    node_id, material_id, is_mineral, form, role,
    coalesce(hs6_codes, '') as hs6_codes,
    necessity, link, basis, confidence, note, known_from_date, known_from_basis
from seed
