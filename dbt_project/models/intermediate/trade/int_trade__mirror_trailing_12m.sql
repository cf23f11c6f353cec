-- One row per exporter, importer, product and month: our own reconciled flows of the twelve months
-- that end with it, where one of the two has filed in each of them.
-- noqa: disable=LT02
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__trailing_periods']) }}",
    post_hook="{{ record_built_periods(['int_trade__trailing_periods']) }}",
) }}

{# sums of decimals of a thousandth are exact; a missing amount is no sum of the others #}
{% set amounts = {
    'value_usd': false, 'value_low_usd': false, 'value_high_usd': false, 'net_weight_kg': true,
    'x_report_usd': true, 'm_report_fob_usd': true
} %}

with

periods as (

    select distinct
        period_start_date, period_end_date,
        {{ month_index('period_start_date') }} as month_number
    from {{ ref('int_trade__mirror_intervals') }}
    where period_type = 'M'

),

months as (

    select
        month_number as end_month,
        period_end_date
    from periods
    {{ only_changed_periods(['int_trade__trailing_periods'], ['period_end_date']) }}

),

-- the reconciliations of the twelve months
windows as (

    select
        months.end_month,
        max(own.edition) || '-' || {{ content_hash('own.edition', 'own.period_start_date') }}
            as edition,
        {{ lineage_of('own.lineage_id') }} as lineage_id
    from months
    inner join {{ ref('int_trade__own_editions') }} as own
        on
            own.period_type = 'M'
            and {{ month_index('own.period_start_date') }}
            between months.end_month - 11 and months.end_month
    group by months.end_month

),

-- who has filed in which of the twelve months, a bit for each
filed as (

    select
        reports.reporter_id, reports.flow, months.end_month,
        bit_or(1 << (months.end_month - reports.month_number)) as mask
    from (
        select
            reporter_id, flow,
            {{ month_index('period_start_date') }} as month_number
        from {{ ref('int_trade__filings') }}
        where period_type = 'M'
    ) as reports
    inner join months
        on reports.month_number between months.end_month - 11 and months.end_month
    group by reports.reporter_id, reports.flow, months.end_month

),

-- a month for which nobody has filed in one of the twelve has no flow
whole_months as (

    select end_month
    from filed
    group by end_month
    having bit_or(mask) = 4095

),

-- the twelve months of each, by their own first day: an equality joins faster than a range
months_in_window as (

    select
        whole_months.end_month,
        periods.period_start_date
    from whole_months
    inner join periods
        on periods.month_number between whole_months.end_month - 11 and whole_months.end_month

),

flows as (

    select
        exporter_id, importer_id, nomenclature, product_code, period_start_date,
        {%- for amount in amounts %}
        cast({{ amount }} as decimal(18, 3)) as {{ amount }},
        {%- endfor %}
        -- numbers compare faster than texts
        case sidedness when 'two_sided' then 1 when 'exporter_only' then 2 else 3 end as sides,
        case mirror_repair when 'exporter_not_filed' then 1 when 'importer_not_filed' then 2 end
            as repair,
        is_revision_folded, known_from_date
    from {{ ref('int_trade__mirror_intervals') }}
    where period_type = 'M'

),

sums as (

    select
        flows.exporter_id, flows.importer_id, flows.nomenclature, flows.product_code,
        months_in_window.end_month,
        {%- for amount, may_be_missing in amounts.items() %}
        {%- if may_be_missing %}
        case
            when count(flows.{{ amount }}) = count(*) then cast(sum(flows.{{ amount }}) as double)
        end as {{ amount }},
        {%- else %}
        cast(sum(flows.{{ amount }}) as double) as {{ amount }},
        {%- endif %}
        {%- endfor %}
        min(flows.sides) as least_sides,
        max(flows.sides) as greatest_sides,
        max(flows.repair) as repair,
        bool_or(flows.is_revision_folded) as is_revision_folded,
        max(flows.known_from_date) as known_from_date
    from flows
    inner join months_in_window
        on flows.period_start_date = months_in_window.period_start_date
    group by
        flows.exporter_id, flows.importer_id, flows.nomenclature, flows.product_code,
        months_in_window.end_month

)

select
    windows.edition, windows.lineage_id, sums.exporter_id, sums.importer_id, sums.nomenclature, sums.product_code,
    'T12M' as period_type,
    {{ first_month_of_window('months.period_end_date', 12) }} as period_start_date,
    months.period_end_date,
    cast(year(months.period_end_date) as integer) as year,
    {%- for amount in amounts %}
    sums.{{ amount }},
    {%- endfor %}
    ln(nullif(sums.m_report_fob_usd, 0) / nullif(sums.x_report_usd, 0)) as log_gap,
    case
        when sums.least_sides < sums.greatest_sides then 'mixed'
        when sums.least_sides = 1 then 'two_sided'
        when sums.least_sides = 2 then 'exporter_only'
        else 'importer_only'
    end as sidedness,
    case sums.repair when 1 then 'exporter_not_filed' when 2 then 'importer_not_filed' end
        as mirror_repair,
    sums.is_revision_folded, sums.known_from_date
from sums
inner join windows
    using (end_month)
inner join months
    using (end_month)
left join filed as exporters
    on
        sums.exporter_id = exporters.reporter_id
        and exporters.flow = 'export'
        and sums.end_month = exporters.end_month
left join filed as importers
    on
        sums.importer_id = importers.reporter_id
        and importers.flow = 'import'
        and sums.end_month = importers.end_month
where (coalesce(exporters.mask, 0) | coalesce(importers.mask, 0)) = 4095
