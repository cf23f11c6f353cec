with

instruments as (

    select * from {{ ref('stg_registers__partner_instruments') }}

)

select
    cast(country_id as varchar) as country_id,
    cast(instrument_type as varchar) as instrument_type,
    cast(instrument_name as varchar) as instrument_name,
    cast(start_year as integer) as start_year,
    cast(valid_from as date) as valid_from,
    cast(date_precision as varchar) as date_precision,
    cast(status as varchar) as status,
    cast(status_as_of as date) as status_date,
    cast(state as varchar) as state,
    cast(evidence as varchar) as evidence,
    cast(event_id as varchar) as event_id,
    cast(legal_ref as varchar) as legal_ref,
    cast(joint_instrument_id as varchar) as joint_instrument_id,
    cast(counterpart_ids as varchar) as counterpart_ids,
    cast(source_title as varchar) as source_title,
    cast(source_url as varchar) as source_url,
    cast(verified_via as varchar) as verified_via,
    cast(confidence as varchar) as confidence,
    cast(note as varchar) as note,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis,
    cast('partner_instruments' as varchar) as source_id,
    cast({{ register_lineage('partner_instruments') }} as varchar) as lineage_id
from instruments
order by country_id nulls last, instrument_type nulls last, instrument_name nulls last
