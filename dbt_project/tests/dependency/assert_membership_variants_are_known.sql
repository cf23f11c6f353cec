{{ config(
    description="Members of a bloc are counted as of today, as of the period, or with one "
        ~ "candidate more."
) }}
select distinct
    membership_variant, n_members
from {{ ref('bloc_dependency') }}
where
    not regexp_full_match(membership_variant, 'as_of_today|as_of_period|candidate:[A-Z]{3}')
    or n_members not between 0 and 60
