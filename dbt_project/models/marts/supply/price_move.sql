-- noqa: disable=LT02
{% set months = 12 %}
with

prices as (

    select
        *,
        cast(extract(year from period_start_date) as integer) * 12
        + cast(extract(month from period_start_date) as integer) - 1 as month_index,
        case when price > 0 then ln(price) end as log_price,
        case period_type when 'M' then 1 else {{ months }} end as step_months
    from {{ ref('fct_price') }}
    where known_to_date is null and material_id is not null

),

controls as (

    select
        materials.item_id as material_id,
        events.event_id, events.announced_date,
        cast(extract(year from events.announced_date) as integer) * 12
        + cast(extract(month from events.announced_date) as integer) - 1 as month_index
    from {{ ref('fct_policy_event') }} as events
    inner join {{ ref('bridge_policy_event_material') }} as materials
        on events.event_id = materials.event_id
    where
        materials.item_kind = 'material'
        and events.direction = 'restrictive'
        and events.measure_type like 'export%'
        and events.announced_date is not null

),

returns as (

    select
        prices.*,
        prices.log_price - earlier.log_price as log_return,
        prices.log_price - year_ago.log_price as log_return_12m
    from prices
    left join prices as earlier
        on
            prices.source_id = earlier.source_id
            and prices.edition = earlier.edition
            and prices.series_id = earlier.series_id
            and prices.month_index - prices.step_months = earlier.month_index
    left join prices as year_ago
        on
            prices.source_id = year_ago.source_id
            and prices.edition = year_ago.edition
            and prices.series_id = year_ago.series_id
            and prices.month_index - {{ months }} = year_ago.month_index

),

-- the spread of a year of monthly returns, where all of them are known
spreads as (

    select
        here.source_id, here.edition, here.series_id, here.month_index,
        case
            when count(past.log_return) = {{ months }}
                -- in one order: the last bit of a spread of doubles depends on it
                then list_stddev_samp(list(past.log_return order by past.month_index))
        end as volatility_12m
    from returns as here
    inner join returns as past
        on
            here.source_id = past.source_id
            and here.edition = past.edition
            and here.series_id = past.series_id
            and past.month_index between here.month_index - {{ months - 1 }} and here.month_index
    where here.period_type = 'M'
    group by here.source_id, here.edition, here.series_id, here.month_index

),

latest_control as (

    select
        returns.source_id, returns.edition, returns.series_id, returns.month_index,
        controls.event_id, controls.announced_date,
        controls.month_index as control_month_index
    from returns
    inner join controls
        on
            returns.material_id = controls.material_id
            -- announced before the period ends
            and controls.month_index < returns.month_index + returns.step_months
    qualify row_number() over (
        partition by returns.source_id, returns.edition, returns.series_id, returns.month_index
        order by controls.announced_date desc, controls.event_id asc
    ) = 1

),

-- the year before the announcement: twelve months, or the last whole year of a yearly series
baselines as (

    select
        latest_control.source_id, latest_control.edition, latest_control.series_id,
        latest_control.month_index, latest_control.event_id, latest_control.announced_date,
        case
            when count(past.price) = max({{ months }} / past.step_months)
                then {{ exact_sum('past.price') }} / count(*)
        end as price_before_control
    from latest_control
    left join returns as past
        on
            latest_control.source_id = past.source_id
            and latest_control.edition = past.edition
            and latest_control.series_id = past.series_id
            and past.month_index + past.step_months <= case past.period_type
                when 'M' then latest_control.control_month_index
                else latest_control.control_month_index - latest_control.control_month_index % 12
            end
            and past.month_index + {{ months }} >= case past.period_type
                when 'M' then latest_control.control_month_index
                else latest_control.control_month_index - latest_control.control_month_index % 12
            end
    group by
        latest_control.source_id, latest_control.edition, latest_control.series_id,
        latest_control.month_index, latest_control.event_id, latest_control.announced_date

)

select
    cast(returns.source_id as varchar) as source_id,
    cast(returns.series_id as varchar) as series_id,
    cast(returns.period_type as varchar) as period_type,
    cast(returns.period_start_date as date) as period_start_date,
    cast(returns.edition as varchar) as edition,
    cast(returns.material_id as varchar) as material_id,
    cast(returns.unit as varchar) as unit,
    cast(returns.price as double) as price,
    cast(returns.price_usd_t as double) as price_usd_t,
    cast(returns.log_return as double) as return_log,
    cast(returns.log_return_12m as double) as return_12m_log,
    cast(spreads.volatility_12m as double) as volatility_12m_log,
    cast(baselines.event_id as varchar) as control_event_id,
    cast(baselines.announced_date as date) as control_announced_date,
    cast(baselines.price_before_control as double) as price_before_control,
    cast(
        returns.price / nullif(baselines.price_before_control, 0) - 1 as double
    ) as change_since_control_share,
    cast(
        case
            -- a range is a figure and no price
            when returns.price is null and returns.value_status in ('reported', 'estimated')
                then 'range'
            when returns.price is null then returns.value_status
            when baselines.event_id is null then 'no_control'
            when baselines.price_before_control is null then 'no_year_before_the_control'
        end as varchar
    ) as missing_reason,
    cast(returns.price_basis as varchar) as price_basis,
    cast(returns.known_from_date as date) as known_from_date,
    cast(
        returns.lineage_id
        || case
            when baselines.event_id is not null
                then coalesce('+' || {{ register_lineage('policy_register') }}, '')
            else ''
        end as varchar
    ) as lineage_id
from returns
left join spreads
    using (source_id, edition, series_id, month_index)
left join baselines
    using (source_id, edition, series_id, month_index)
qualify row_number() over (
    partition by returns.source_id, returns.series_id, returns.period_type,
        returns.period_start_date
    order by returns.known_from_date desc, returns.edition desc
) = 1
