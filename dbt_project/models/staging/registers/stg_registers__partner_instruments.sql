with

seed as (

    select * from {{ seed_as_known(ref('partner_instruments')) }}

)

select
    country_id, instrument_type, instrument_name, start_year, valid_from, date_precision,
    {{ end_date_as_known('status', 'status_as_of') }} as status,
    status_as_of,
    -- how wide an instrument is does not change with the days; whether it was in force does
    case
        when state = 'partial' and status = 'in_force' then state
        else {{ end_date_as_known('state', 'status_as_of') }}
    end as state,
    evidence, event_id, legal_ref, joint_instrument_id, counterpart_ids, source_title, source_url,
    verified_via, confidence, note, known_from_date, known_from_basis
from seed
