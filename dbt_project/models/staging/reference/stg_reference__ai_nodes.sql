with

seed as (

    select * from {{ seed_as_known(ref('ai_nodes')) }}

)

select
    node_id, node_name, node_kind, node_source, good_id, confidence, known_from_date,
    known_from_basis
from seed
