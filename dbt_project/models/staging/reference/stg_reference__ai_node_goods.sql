with

seed as (

    select * from {{ seed_as_known(ref('ai_node_goods')) }}

)

select
    node_id, good_id, hs6_codes, confidence, known_from_date, known_from_basis
from seed
