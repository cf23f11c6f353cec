with

seed as (

    select * from {{ seed_as_known(ref('partner_instruments')) }}

)

select
    country_id, instrument_type, instrument_name, start_year, valid_from,
    {{ end_date_as_known('status', 'status_as_of') }} as status,
    status_as_of, event_id, source_title, source_url, verified_via, confidence, note,
    known_from_date, known_from_basis
from seed
