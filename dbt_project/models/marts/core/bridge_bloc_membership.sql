with

memberships as (

    select * from {{ ref('int_country__memberships') }}

)

select
    cast(bloc_id as varchar) as bloc_id,
    cast(country_id as varchar) as country_id,
    cast(membership_type as varchar) as membership_type,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    cast(party_kind as varchar) as party_kind,
    cast(signing_order as integer) as signing_order,
    cast(announced_date as date) as announced_date,
    cast(signed_date as date) as signed_date,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast(known_from_basis as varchar) as known_from_basis,
    cast(evidence_state as varchar) as evidence_state,
    cast(source_title as varchar) as source_title,
    cast(source_url as varchar) as source_url,
    cast(note as varchar) as note
from memberships
order by
    bloc_id nulls last,
    country_id nulls last,
    membership_type nulls last,
    valid_from nulls last,
    known_from_date nulls last
