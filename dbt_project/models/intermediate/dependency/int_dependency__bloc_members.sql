-- One row per bloc, membership variant, period end and member country. Institutions that sign add
-- no members' flows.
{{ config(tags=['spark']) }}

with

memberships as (

    select * from {{ ref('bridge_bloc_membership') }}

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

periods as (

    select * from {{ ref('int_dependency__periods') }}

),

-- a status that ended is kept twice: as open until its end was known, and as ended since
countries as (

    select
        memberships.bloc_id, memberships.country_id, memberships.membership_type,
        memberships.valid_from, memberships.valid_to
    from memberships
    inner join parameters
        on {{ known_on('memberships', 'parameters.as_known_on') }}
    where
        memberships.bloc_id like 'BLOC:%'
        and memberships.party_kind = 'country'

),

signatories_today as (

    select distinct
        countries.bloc_id, countries.country_id
    from countries
    cross join parameters
    where
        countries.membership_type = 'signatory'
        and {{ valid_on('countries', 'parameters.as_of_date') }}

),

candidates as (

    select distinct
        countries.bloc_id, countries.country_id
    from countries
    cross join parameters
    left join signatories_today as already
        on
            countries.bloc_id = already.bloc_id
            and countries.country_id = already.country_id
    where
        countries.membership_type in ('participant', 'observer', 'invited', 'statement_only')
        and {{ valid_on('countries', 'parameters.as_of_date') }}
        and already.country_id is null

),

fixed_baskets as (

    select
        bloc_id,
        'as_of_today' as membership_variant,
        country_id
    from signatories_today
    union all
    select
        candidates.bloc_id,
        concat('candidate:', candidates.country_id) as membership_variant,
        members.country_id
    from candidates
    inner join signatories_today as members
        on candidates.bloc_id = members.bloc_id
    union all
    select
        bloc_id,
        concat('candidate:', country_id) as membership_variant,
        country_id
    from candidates

)

select
    fixed_baskets.bloc_id, fixed_baskets.membership_variant, periods.period_end_date,
    fixed_baskets.country_id,
    true as is_fixed_basket
from fixed_baskets
cross join periods

union all

select distinct
    countries.bloc_id,
    'as_of_period' as membership_variant,
    periods.period_end_date, countries.country_id,
    false as is_fixed_basket
from countries
inner join periods
    on {{ valid_on('countries', 'periods.period_end_date') }}
where countries.membership_type = 'signatory'
