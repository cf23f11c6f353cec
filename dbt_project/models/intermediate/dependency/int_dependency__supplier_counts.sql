-- One row per series (scope, entity, item, source, basis, denominator) and period: how many
-- suppliers were seen in the window that ends with the period, the declared set of Theil's index
-- (M2).
{{ config(tags=['spark']) }}

with

market_shares as (

    select * from {{ ref('int_dependency__market_shares') }}

),

thresholds as (

    select threshold as window_months
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'candidate_window_months'

),

-- one number in place of eleven texts: the windows below are over every share there is
seen as (

    select distinct
        {{ series_key('market_shares') }} as series_key,
        supplier_id,
        cast({{ month_index('period_start_date') }} as integer) as month_index
    from market_shares

),

-- from one sighting to the next a supplier counts once
spans as (

    select
        series_key, month_index,
        lead(month_index) over (
            partition by series_key, supplier_id
            order by month_index
        ) as next_month_index
    from seen

),

periods as (

    select distinct
        series_key, month_index
    from seen

)

select
    periods.series_key, periods.month_index,
    cast(count(*) as integer) as n_suppliers_in_window
from periods
cross join thresholds
inner join spans
    on
        periods.series_key = spans.series_key
        and spans.month_index <= periods.month_index
        and spans.month_index > periods.month_index - thresholds.window_months
        and (spans.next_month_index is null or spans.next_month_index > periods.month_index)
group by periods.series_key, periods.month_index
