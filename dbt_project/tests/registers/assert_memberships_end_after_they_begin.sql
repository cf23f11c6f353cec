{{ config(
    tags=['registers'],
    description="valid_to is the first day on which a party is no longer a member."
) }}
select
    bloc_id, country_id, membership_type, valid_from, valid_to
from {{ ref('bridge_bloc_membership') }}
where valid_to <= valid_from
