with

memberships as (

    select * from {{ ref('int_country__memberships') }}
    where bloc_id = 'BLOC:PAX_SILICA'

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

types as (

    select * from {{ ref('int_policy__instrument_types') }}

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

grid as (

    select
        statuses.country_id, statuses.party_kind, statuses.membership_type, types.matrix_type,
        types.question
    from statuses
    cross join types
    where statuses.place = 1

),

instruments as (

    select * from {{ ref('int_policy__instrument_states') }}

),

held as (

    select
        country_id, matrix_type,
        min(state_rank) as state_rank,
        sum(case when state_rank < 4 then 1 else 0 end) as n_instruments,
        sum(case when is_in_force then 1 else 0 end) as n_in_force,
        sum(case when state = 'planned' then 1 else 0 end) as n_announced,
        sum(case when status = 'superseded' then 1 else 0 end) as n_superseded,
        sum(case when evidence <> 'own knowledge' then 1 else 0 end) as n_sourced,
        min(case when is_in_force then start_year end) as since_year,
        min(case when is_in_force then valid_from end) as since_date,
        {{ listagg_distinct('instrument_name', '; ') }} as instrument_names,
        {{ listagg_distinct('source_title', '; ') }} as source_titles,
        {{ listagg_distinct('source_url', ' ') }} as source_urls,
        min(known_from_date) as known_from_date
    from instruments
    group by country_id, matrix_type

),

-- the rows that give the cell its state decide what it rests on
decisive as (

    select
        instruments.country_id, instruments.matrix_type,
        max(case when instruments.state = 'none_stated' then 1 else 0 end) = 1 as is_none_stated,
        min(
            case instruments.evidence
                when 'page' then 1 when 'repository file' then 2 else 3
            end
        ) as evidence_rank,
        min(
            case instruments.confidence when 'high' then 1 when 'medium' then 2 else 3 end
        ) as confidence_rank
    from instruments
    inner join held
        on
            instruments.country_id = held.country_id
            and instruments.matrix_type = held.matrix_type
            and instruments.state_rank = held.state_rank
    group by instruments.country_id, instruments.matrix_type

),

cells as (

    select
        grid.*,
        held.n_instruments, held.n_in_force, held.n_announced, held.n_superseded, held.n_sourced,
        held.instrument_names, held.since_year, held.since_date, held.source_titles,
        held.source_urls, held.known_from_date, decisive.is_none_stated,
        coalesce(held.state_rank, 5) as state_rank,
        case held.state_rank
            when 1 then 'held' when 2 then 'partial' when 3 then 'planned' when 4 then 'none_found'
            else 'unknown'
        end as state,
        case decisive.evidence_rank
            when 1 then 'page' when 2 then 'repository file' when 3 then 'own knowledge'
        end as evidence,
        case decisive.confidence_rank when 1 then 'high' when 2 then 'medium' when 3 then 'low' end
            as confidence,
        -- unknown is neither true nor false
        case when held.state_rank is not null then held.n_in_force > 0 end as has_instrument
    from grid
    left join held
        on grid.country_id = held.country_id and grid.matrix_type = held.matrix_type
    left join decisive
        on grid.country_id = decisive.country_id and grid.matrix_type = decisive.matrix_type

),

-- what signatories do: counts, no index
practices as (

    select
        matrix_type,
        sum(case when has_instrument then 1 else 0 end) as n_signatories_holding,
        sum(case when state <> 'unknown' then 1 else 0 end) as n_signatories_stated
    from cells
    where membership_type = 'signatory'
    group by matrix_type

),

common as (

    select
        matrix_type, state, state_rank
    from cells
    where membership_type = 'signatory' and state <> 'unknown'
    group by matrix_type, state, state_rank
    qualify
        row_number() over (partition by matrix_type order by count(*) desc, state_rank asc) = 1

),

parties as (

    select
        country_id,
        sum(case when has_instrument then 1 else 0 end) as n_types_held,
        sum(case when state <> 'unknown' then 1 else 0 end) as n_types_stated,
        {{ listagg_distinct("case when state = 'none_found' then matrix_type end", '|') }}
            as missing_types,
        {{ listagg_distinct("case when state = 'unknown' then matrix_type end", '|') }}
            as unknown_types
    from cells
    group by country_id

)

select
    cast(cells.country_id as varchar) as country_id,
    cast(cells.party_kind as varchar) as party_kind,
    cast(cells.membership_type as varchar) as membership_type,
    cast(cells.matrix_type as varchar) as instrument_type,
    cast(cells.question as varchar) as question,
    cast(cells.state as varchar) as state,
    cast(cells.state <> 'unknown' as boolean) as is_stated,
    cast(coalesce(cells.n_sourced, 0) > 0 as boolean) as has_source,
    cast(
        case when cells.state = 'none_found' then cells.is_none_stated end as boolean
    ) as is_none_stated,
    cast(cells.evidence as varchar) as evidence,
    cast(cells.confidence as varchar) as confidence,
    cast(cells.has_instrument as boolean) as has_instrument,
    cast(coalesce(cells.n_instruments, 0) as integer) as n_instruments,
    cast(coalesce(cells.n_in_force, 0) as integer) as n_in_force,
    cast(coalesce(cells.n_announced, 0) as integer) as n_announced,
    cast(coalesce(cells.n_superseded, 0) as integer) as n_superseded,
    cast(
        case
            when not coalesce(cells.has_instrument, false) then 0
            when cells.membership_type = 'signatory'
                then coalesce(practices.n_signatories_holding, 0) - 1
            else coalesce(practices.n_signatories_holding, 0)
        end as integer
    ) as coordination_count,
    cast(coalesce(practices.n_signatories_holding, 0) as integer) as n_signatories_holding,
    cast(coalesce(practices.n_signatories_stated, 0) as integer) as n_signatories_stated,
    cast(common.state as varchar) as common_state,
    cast(
        case
            when cells.state = 'unknown' or common.state is null then 'unknown'
            when cells.state_rank > common.state_rank then 'below'
            when cells.state_rank < common.state_rank then 'above'
            else 'same'
        end as varchar
    ) as compared_to_common,
    cast(parties.n_types_held as integer) as n_types_held,
    cast(parties.n_types_stated as integer) as n_types_stated,
    cast(parties.missing_types as varchar) as missing_types,
    cast(parties.unknown_types as varchar) as unknown_types,
    cast(cells.instrument_names as varchar) as instrument_names,
    cast(cells.since_year as integer) as since_year,
    cast(case when year(cells.since_date) = cells.since_year then cells.since_date end as date)
        as since_date,
    cast(cells.source_titles as varchar) as source_titles,
    cast(cells.source_urls as varchar) as source_urls,
    cast(cells.known_from_date as date) as known_from_date,
    cast({{ register_lineage('partner_instruments') }} as varchar) as lineage_id
from cells
inner join parties on cells.country_id = parties.country_id
left join practices on cells.matrix_type = practices.matrix_type
left join common on cells.matrix_type = common.matrix_type
order by country_id nulls last, instrument_type nulls last
