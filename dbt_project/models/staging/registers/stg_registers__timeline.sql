with

seed as (

    select * from {{ seed_as_known(ref('timeline')) }}

)

select
    timeline_id, event_date, date_precision, kind, title, country_ids, source_title, source_url,
    confidence, note, known_from_date, known_from_basis
from seed
