with

countries as (

    select * from {{ ref('stg_reference__countries') }}

),

run as (

    select * from {{ ref('int_run__parameters') }}

),

-- the status on the run's day, as known on its knowledge day
statuses as (

    select
        memberships.country_id,
        min(memberships.membership_type) as membership_type
    from {{ ref('int_country__memberships') }} as memberships
    cross join run
    where
        memberships.bloc_id = 'BLOC:PAX_SILICA'
        and {{ valid_on('memberships', 'run.as_of_date') }}
        and {{ known_on('memberships', 'run.as_known_on') }}
    group by memberships.country_id

)

select
    cast(countries.country_id as varchar) as country_id,
    cast(country_name as varchar) as country_name,
    cast(iso2 as varchar) as iso2,
    cast(m49 as varchar) as m49,
    cast(comtrade_code as varchar) as comtrade_code,
    cast(country_kind as varchar) as country_kind,
    cast(parent_id as varchar) as parent_id,
    cast(subregion as varchar) as subregion,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    cast(note as varchar) as note,
    cast(statuses.country_id is not null as boolean) as is_party,
    cast(statuses.membership_type as varchar) as party_status
from countries
left join statuses
    on countries.country_id = statuses.country_id
order by countries.country_id nulls last
