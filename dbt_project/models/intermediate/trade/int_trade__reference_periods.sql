-- One row per year of BACI, where anything is declared: a hash of all that the reference flows are
-- computed from. Those of a year list importers of any year, so that all years change together.
with

content as (

    select sum({{ hash_64(['period_start_date', 'version']) }}) as content
    from {{ ref('int_trade__baci_periods') }}

)

select
    periods.source_id, periods.period_type, periods.period_start_date,
    cast(year(periods.period_start_date) as integer) as year,
    {{ hash_64(['content.content']) }} as version
from {{ ref('int_trade__baci_periods') }} as periods
cross join content
-- no declared product needs no reference flow
where exists (select 1 from {{ ref('int_trade__comtrade_mapped') }})
