-- One row per status period of a party of the partnership, as known on the as-of date of the release.
with

memberships as (

    select * from marts.bridge_bloc_membership
    where bloc_id = 'BLOC:PAX_SILICA' and known_to_date is null

),

countries as (

    select * from marts.dim_country

)

select
    memberships.country_id,
    countries.country_name,
    memberships.party_kind,
    memberships.membership_type,
    memberships.signed_date,
    memberships.valid_from,
    memberships.valid_to,
    memberships.evidence_state,
    memberships.source_title,
    memberships.source_url,
    memberships.note,
    memberships.valid_from <= release.as_of_date
    and (memberships.valid_to is null or memberships.valid_to > release.as_of_date) as is_current
from memberships
cross join marts.publish_info as release
left join countries on memberships.country_id = countries.country_id
order by
    memberships.valid_from nulls last,
    countries.country_name nulls last,
    memberships.membership_type
