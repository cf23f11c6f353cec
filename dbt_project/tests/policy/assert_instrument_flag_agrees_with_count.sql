{{ config(
    description="A party has an instrument exactly where one is in force, and where nothing is known "
        ~ "it neither has nor lacks one."
) }}
select
    country_id, instrument_type, state, has_instrument, n_instruments, n_in_force, n_announced,
    n_superseded
from {{ ref('instrument_matrix') }}
where
    (state = 'unknown') <> (has_instrument is null)
    or has_instrument <> (n_in_force > 0)
    or (state in ('planned', 'none_found') and n_in_force > 0)
    or (state = 'none_found' and n_instruments > 0)
