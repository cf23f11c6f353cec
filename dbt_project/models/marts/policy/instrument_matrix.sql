with

memberships as (

    select * from {{ ref('int_country__memberships') }}
    where bloc_id = 'BLOC:PAX_SILICA'

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

-- a status that nobody had stated by the run's day: what starts later was announced
instruments as (

    select
        listed.* exclude (status),
        coalesce(
            listed.status, case when listed.valid_from > parameters.as_of_date then 'announced' end
        ) as status
    from {{ ref('fct_partner_instrument') }} as listed
    cross join parameters

),

-- a party counts in its strongest status on the run's day, else in the last one it had
statuses as (

    select
        memberships.country_id, memberships.party_kind, memberships.membership_type,
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
        statuses.country_id, statuses.party_kind, statuses.membership_type, types.instrument_type
    from statuses
    cross join types
    where statuses.place = 1

),

held as (

    select
        country_id, instrument_type,
        count(*) as n_instruments,
        sum(case when status = 'in_force' then 1 else 0 end) as n_in_force,
        sum(case when status = 'announced' then 1 else 0 end) as n_announced,
        sum(case when status = 'superseded' then 1 else 0 end) as n_superseded,
        min(case when coalesce(status, 'in_force') = 'in_force' then start_year end)
            as since_year,
        min(case when coalesce(status, 'in_force') = 'in_force' then valid_from end)
            as since_date,
        {{ listagg_distinct('instrument_name', '; ') }} as instrument_names,
        {{ listagg_distinct('source_title', '; ') }} as source_titles,
        {{ listagg_distinct('source_url', ' ') }} as source_urls,
        min(known_from_date) as known_from_date
    from instruments
    group by country_id, instrument_type

),

cells as (

    select
        grid.*,
        held.n_instruments, held.n_in_force, held.n_announced, held.n_superseded,
        held.instrument_names, held.since_year, held.since_date, held.source_titles,
        held.source_urls, held.known_from_date,
        coalesce(held.n_instruments - held.n_announced - held.n_superseded, 0) > 0
            as has_instrument
    from grid
    left join held
        on
            grid.country_id = held.country_id
            and grid.instrument_type = held.instrument_type

),

-- how many parties have a type of instrument, and what a party lacks: counts, no index
holders as (

    select
        instrument_type,
        sum(case when has_instrument and membership_type = 'signatory' then 1 else 0 end)
            as n_signatories_holding
    from cells
    group by instrument_type

),

lacks as (

    select
        country_id,
        sum(case when has_instrument then 1 else 0 end) as n_types_held,
        {{ listagg_distinct("case when not has_instrument then instrument_type end", '|') }}
            as missing_types
    from cells
    group by country_id

)

select
    cast(cells.country_id as varchar) as country_id,
    cast(cells.party_kind as varchar) as party_kind,
    cast(cells.membership_type as varchar) as membership_type,
    cast(cells.instrument_type as varchar) as instrument_type,
    cast(cells.has_instrument as boolean) as has_instrument,
    cast(coalesce(cells.n_instruments, 0) as integer) as n_instruments,
    cast(coalesce(cells.n_in_force, 0) as integer) as n_in_force,
    cast(coalesce(cells.n_announced, 0) as integer) as n_announced,
    cast(coalesce(cells.n_superseded, 0) as integer) as n_superseded,
    cast(
        case
            when not cells.has_instrument then 0
            when cells.membership_type = 'signatory' then holders.n_signatories_holding - 1
            else holders.n_signatories_holding
        end as integer
    ) as coordination_count,
    cast(holders.n_signatories_holding as integer) as n_signatories_holding,
    cast(lacks.n_types_held as integer) as n_types_held,
    cast(lacks.missing_types as varchar) as missing_types,
    cast(cells.instrument_names as varchar) as instrument_names,
    cast(cells.since_year as integer) as since_year,
    cast(case when year(cells.since_date) = cells.since_year then cells.since_date end as date)
        as since_date,
    cast(cells.source_titles as varchar) as source_titles,
    cast(cells.source_urls as varchar) as source_urls,
    cast(cells.known_from_date as date) as known_from_date,
    cast({{ register_lineage('partner_instruments') }} as varchar) as lineage_id
from cells
inner join holders on cells.instrument_type = holders.instrument_type
inner join lacks on cells.country_id = lacks.country_id
order by country_id nulls last, instrument_type nulls last
