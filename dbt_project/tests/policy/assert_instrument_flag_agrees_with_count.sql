{{ config(description="A partner has an instrument exactly where one is in force.") }}
select
    country_id, instrument_type, has_instrument, n_in_force
from {{ ref('instrument_matrix') }}
where has_instrument <> (n_in_force > 0)
