with

parties as (

    select * from {{ ref('stg_registers__partner_memberships') }}

),

eu_members as (

    select * from {{ ref('stg_reference__eu_members') }}

),

statuses as (

    select
        bloc_id, country_id, membership_type, party_kind, valid_from, valid_to,
        valid_to_known_from_date, signing_order, announced_date, signed_date, known_from_date,
        known_from_basis, evidence_state, source_title, source_url, note
    from parties

    union all

    select
        'GROUP:EU' as bloc_id,
        country_id,
        'member' as membership_type,
        'country' as party_kind,
        valid_from, valid_to, valid_to_known_from_date,
        cast(null as integer) as signing_order,
        cast(null as date) as announced_date,
        cast(null as date) as signed_date,
        known_from_date, known_from_basis,
        'official' as evidence_state,
        'Treaties of accession; withdrawal agreement' as source_title,
        'https://european-union.europa.eu/principles-countries-history/eu-countries_en' as source_url,
        note
    from eu_members

),

-- until its end was known, a status stood open: two versions of the same status
versions as (

    select
        *,
        cast(null as date) as version_valid_to,
        known_from_date as version_known_from_date,
        valid_to_known_from_date as version_known_to_date,
        known_from_basis as version_basis
    from statuses
    where valid_to is null or valid_to_known_from_date > known_from_date

    union all

    select
        *,
        valid_to as version_valid_to,
        valid_to_known_from_date as version_known_from_date,
        cast(null as date) as version_known_to_date,
        'inferred' as version_basis
    from statuses
    where valid_to is not null

)

select
    bloc_id, country_id, membership_type, party_kind, valid_from,
    version_valid_to as valid_to,
    signing_order, announced_date, signed_date,
    version_known_from_date as known_from_date,
    case when valid_to is not null then version_known_to_date end as known_to_date,
    version_basis as known_from_basis,
    evidence_state, source_title, source_url, note
from versions
