-- One row per period (a year or a month) of UN Comtrade's declarations: a hash of all that the pairs of
-- declarations are computed from, who has filed and the reference flows of the year before included.
with

filings as (

    select
        period_type, period_start_date,
        sum({{ hash_64(['reporter_id', 'flow']) }}) as content
    from {{ ref('int_trade__filings') }}
    group by period_type, period_start_date

),

gravity as (

    select sum({{ hash_64(['exporter_id', 'importer_id', 'distance_km']) }}) as content
    from {{ ref('int_trade__gravity') }}

),

reference_flows as (

    select
        year,
        sum({{ hash_64([
            'exporter_id', 'importer_id', 'nomenclature', 'product_code', 'value_usd'
        ]) }}) as content
    from {{ ref('int_trade__baci_reference_flows') }}
    group by year

)

select
    declared.source_id, declared.period_type, declared.period_start_date,
    {{ hash_64([
        'declared.version', 'filings.content', 'gravity.content', 'reference_flows.content'
    ]) }} as version
from {{ ref('int_trade__declared_periods') }} as declared
cross join gravity
left join filings
    on
        declared.period_type = filings.period_type
        and declared.period_start_date = filings.period_start_date
left join reference_flows
    on year(declared.period_start_date) = reference_flows.year + 1
