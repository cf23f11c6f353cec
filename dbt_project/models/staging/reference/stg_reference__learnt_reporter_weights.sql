-- One row per role and reporter: the weight that CEPII's BACI gives its reports, estimated from the
-- declarations of one year.
with

seed as (

    select * from {{ ref('learnt_reporter_weights') }}

)

select
    cast(fitted_year as integer) as fitted_year,
    role, country_id,
    cast(log_odds as double) as log_odds,
    cast(information as double) as information,
    cast(n_pairs as bigint) as n_pairs
from seed
