with

seed as (

    select * from {{ seed_as_known(ref('sectors')) }}

)

select
    sector_id, sector_name, sector_order, timeline_id, source_title, source_url, known_from_date,
    known_from_basis
from seed
