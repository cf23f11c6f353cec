-- One row per instrument (or look-up) of a party with its state as known on the run's day: 1 held, 2
-- partial, 3 planned, 4 none found or stated. A state that nobody had stated by then follows from the
-- first day: what starts later was planned.
with

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

types as (

    select * from {{ ref('instrument_types') }}

),

stated as (

    select
        instruments.* exclude (state),
        types.matrix_type,
        coalesce(
            instruments.state,
            case
                when
                    instruments.valid_from > parameters.as_of_date
                    or instruments.start_year > year(parameters.as_of_date)
                    then 'planned'
                else 'held'
            end
        ) as state
    from {{ ref('fct_partner_instrument') }} as instruments
    inner join types on instruments.instrument_type = types.instrument_type
    cross join parameters

)

select
    *,
    case
        when state = 'held' then 1
        when state = 'partial' then 2
        when state = 'planned' then 3
        else 4
    end as state_rank,
    state in ('held', 'partial') and coalesce(status, 'in_force') = 'in_force' as is_in_force
from stated
