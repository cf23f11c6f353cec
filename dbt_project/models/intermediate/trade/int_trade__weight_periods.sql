-- One row per period (a year or a month) with pairs of declarations: a hash of all that the weights of
-- its reporters are estimated from: its pairs, those of earlier years with BACI's values, and the
-- weights that earlier data have shown.
with

pair_periods as (

    select
        periods.source_id, periods.period_type, periods.period_start_date, periods.version,
        year(periods.period_start_date) as year
    from {{ ref('int_trade__pair_periods') }} as periods
    where exists (
        select 1
        from {{ ref('int_trade__mirror_pairs') }} as pairs
        where
            periods.period_type = pairs.period_type
            and periods.period_start_date = pairs.period_start_date
    )

),

reference_flows as (

    select
        year,
        sum({{ hash_64([
            'exporter_id', 'importer_id', 'nomenclature', 'product_code', 'value_usd'
        ]) }}) as content
    from {{ ref('int_trade__baci_reference_flows') }}
    group by year

),

earlier as (

    select
        periods.period_type, periods.period_start_date,
        sum({{ hash_64(['years.year', 'years.version', 'reference_flows.content']) }}) as content
    from pair_periods as periods
    inner join pair_periods as years
        on
            years.period_type = 'A'
            and years.year < periods.year
    left join reference_flows
        on years.year = reference_flows.year
    group by periods.period_type, periods.period_start_date

),

learnt as (

    select
        sum({{ hash_64(['fitted_year', 'role', 'country_id', 'log_odds', 'information']) }})
            as content
    from {{ ref('stg_reference__learnt_reporter_weights') }}

)

select
    periods.source_id, periods.period_type, periods.period_start_date,
    {{ hash_64(['periods.version', 'earlier.content', 'learnt.content']) }} as version
from pair_periods as periods
cross join learnt
left join earlier
    on
        periods.period_type = earlier.period_type
        and periods.period_start_date = earlier.period_start_date
