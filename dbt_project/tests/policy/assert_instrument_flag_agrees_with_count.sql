{{ config(
    description="A partner has an instrument exactly where one is in force, or where nobody had "
        ~ "stated yet on the knowledge day that all of them are announced or superseded."
) }}
select
    country_id, instrument_type, has_instrument, n_instruments, n_in_force, n_announced,
    n_superseded
from {{ ref('instrument_matrix') }}
where
    has_instrument <> (n_instruments > n_announced + n_superseded)
    or (n_in_force > 0 and not has_instrument)
