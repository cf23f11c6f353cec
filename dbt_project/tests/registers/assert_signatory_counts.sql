-- Signatories of the partnership, institutions included, on the days on which their number grew;
-- days after the knowledge day of the run are not compared.
{{ config(tags=['registers']) }}

with

expected as (

    select
        listed.day, listed.n_signatories
    from (
        values
        (date '2025-12-12', 7),
        (date '2026-02-20', 10),
        (date '2026-05-06', 14),
        (date '2026-06-23', 18),
        (date '2026-06-26', 24),
        (date '2026-07-31', 25)
    ) as listed (day, n_signatories)

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

memberships as (

    select * from {{ ref('bridge_bloc_membership') }}
    where bloc_id = 'BLOC:PAX_SILICA' and membership_type = 'signatory'

),

counted as (

    select
        expected.day, expected.n_signatories,
        count(memberships.country_id) as n_found
    from expected
    inner join parameters on expected.day <= parameters.as_known_on
    left join memberships
        on
            {{ valid_on('memberships', 'expected.day') }}
            and {{ known_on('memberships', 'expected.day') }}
    group by expected.day, expected.n_signatories

)

select * from counted
where n_found <> n_signatories
