with

memberships as (

    select * from {{ ref('int_country__memberships') }}
    where bloc_id = 'BLOC:PAX_SILICA'

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

instruments as (

    select * from {{ ref('int_policy__instruments') }}

),

-- a party counts in its strongest status on the run's day, else in the last one it had
statuses as (

    select
        memberships.country_id,
        memberships.party_kind,
        memberships.membership_type,
        row_number() over (
            partition by memberships.country_id
            order by
                case
                    when {{ valid_on('memberships', 'parameters.as_of_date') }} then 1
                    else 2
                end,
                case memberships.membership_type
                    when 'signatory' then 1
                    when 'participant' then 2
                    when 'observer' then 3
                    when 'statement_only' then 4
                    else 5
                end,
                memberships.valid_from desc
        ) as place
    from memberships
    cross join parameters
    where memberships.known_to_date is null or memberships.known_to_date > parameters.as_known_on

),

types as (

    select listed.instrument_type
    from (
        values
        ('critical_mineral_list'),
        ('export_control'),
        ('investment_screening'),
        ('stockpile'),
        ('strategy'),
        ('subsidy_programme')
    ) as listed (instrument_type)

),

grid as (

    select
        statuses.country_id,
        statuses.party_kind,
        statuses.membership_type,
        types.instrument_type
    from statuses
    cross join types
    where statuses.place = 1

),

held as (

    select
        country_id,
        instrument_type,
        count(*) as n_instruments,
        sum(case when status = 'in_force' then 1 else 0 end) as n_in_force,
        sum(case when status = 'announced' then 1 else 0 end) as n_announced,
        sum(case when status = 'superseded' then 1 else 0 end) as n_superseded,
        min(case when coalesce(status, 'in_force') = 'in_force' then start_year end)
            as since_year,
        min(case when coalesce(status, 'in_force') = 'in_force' then valid_from end)
            as since_date,
        {{ xdb_string_agg_distinct('instrument_name', '; ') }} as instrument_names,
        {{ xdb_string_agg_distinct('source_title', '; ') }} as source_titles,
        {{ xdb_string_agg_distinct('source_url', ' ') }} as source_urls,
        min(known_from_date) as known_from_date
    from instruments
    group by country_id, instrument_type

)

select
    cast(grid.country_id as varchar) as country_id,
    cast(grid.party_kind as varchar) as party_kind,
    cast(grid.membership_type as varchar) as membership_type,
    cast(grid.instrument_type as varchar) as instrument_type,
    cast(coalesce(held.n_instruments - held.n_announced - held.n_superseded, 0) > 0 as boolean)
        as has_instrument,
    cast(coalesce(held.n_instruments, 0) as integer) as n_instruments,
    cast(coalesce(held.n_in_force, 0) as integer) as n_in_force,
    cast(coalesce(held.n_announced, 0) as integer) as n_announced,
    cast(coalesce(held.n_superseded, 0) as integer) as n_superseded,
    cast(held.instrument_names as varchar) as instrument_names,
    cast(held.since_year as integer) as since_year,
    cast(case when year(held.since_date) = held.since_year then held.since_date end as date)
        as since_date,
    cast(held.source_titles as varchar) as source_titles,
    cast(held.source_urls as varchar) as source_urls,
    cast(held.known_from_date as date) as known_from_date,
    cast({{ register_lineage('partner_instruments') }} as varchar) as lineage_id
from grid
left join held
    on
        grid.country_id = held.country_id
        and grid.instrument_type = held.instrument_type
order by country_id nulls last, instrument_type nulls last
