-- One row per twelve months that end with a month of declarations: a hash of all that the flows of the
-- twelve months are computed from. A month touches the twelve windows that it is part of.
with

months as (

    select
        period_start_date,
        {{ month_index('period_start_date') }} as month_number,
        version
    from {{ ref('int_trade__estimate_periods') }}
    where period_type = 'M'

),

filings as (

    select
        {{ month_index('period_start_date') }} as month_number,
        sum({{ hash_64(['reporter_id', 'flow', 'period_start_date']) }}) as content
    from {{ ref('int_trade__filings') }}
    where period_type = 'M'
    group by period_start_date

),

-- also of a month of which no pair is left
editions as (

    select
        {{ month_index('period_start_date') }} as month_number,
        {{ hash_64(['period_start_date', 'edition', 'lineage_id']) }} as content
    from {{ ref('int_trade__own_editions') }}
    where period_type = 'M'

),

estimates_in_window as (

    select
        ends.period_start_date, ends.month_number,
        sum({{ hash_64(['months.period_start_date', 'months.version']) }}) as content
    from months as ends
    inner join months
        on months.month_number between ends.month_number - 11 and ends.month_number
    group by ends.period_start_date, ends.month_number

),

editions_in_window as (

    select
        ends.period_start_date,
        sum(editions.content) as content
    from months as ends
    inner join editions
        on editions.month_number between ends.month_number - 11 and ends.month_number
    group by ends.period_start_date

),

filings_in_window as (

    select
        ends.period_start_date,
        sum(filings.content) as content
    from months as ends
    inner join filings
        on filings.month_number between ends.month_number - 11 and ends.month_number
    group by ends.period_start_date

)

select
    'pax_silica' as source_id,
    'T12M' as period_type,
    {{ first_month_of_window('last_day(estimates.period_start_date)', 12) }} as period_start_date,
    last_day(estimates.period_start_date) as period_end_date,
    {{ hash_64(['estimates.content', 'editions.content', 'filings.content']) }} as version
from estimates_in_window as estimates
left join editions_in_window as editions
    on estimates.period_start_date = editions.period_start_date
left join filings_in_window as filings
    on estimates.period_start_date = filings.period_start_date
