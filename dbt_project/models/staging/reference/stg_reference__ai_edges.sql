with

seed as (

    select * from {{ seed_as_known(ref('ai_edges')) }}

)

select
    from_id, to_id, relation, confidence, known_from_date, known_from_basis
from seed
