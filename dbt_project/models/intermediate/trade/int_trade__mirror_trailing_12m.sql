-- One row per exporter, importer, product and month: our own reconciled flows of the twelve months
-- that end with it, where one of the two has filed in each of them.
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__trailing_periods']) }}",
    post_hook="{{ record_built_periods(['int_trade__trailing_periods']) }}",
) }}

with

banded as (

    select
        exporter_id, importer_id, nomenclature, product_code, period_end_date,
        {{ month_index('period_start_date') }} as month_number,
        -- decimals have the same sum in any order
        cast(value_usd as decimal(18, 3)) as value_usd,
        cast(value_low_usd as decimal(18, 3)) as value_low_usd,
        cast(value_high_usd as decimal(18, 3)) as value_high_usd,
        cast(net_weight_kg as decimal(18, 3)) as net_weight_kg,
        cast(x_report_usd as decimal(18, 3)) as x_report_usd,
        cast(m_report_fob_usd as decimal(18, 3)) as m_report_fob_usd,
        sidedness, mirror_repair, is_revision_folded, known_from_date
    from {{ ref('int_trade__mirror_intervals') }}
    where period_type = 'M'

),

months as (

    select distinct
        month_number as end_month,
        period_end_date
    from banded
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

sums as (

    select
        banded.exporter_id, banded.importer_id, banded.nomenclature, banded.product_code,
        months.end_month, months.period_end_date,
        sum(banded.value_usd) as value_usd,
        sum(banded.value_low_usd) as value_low_usd,
        sum(banded.value_high_usd) as value_high_usd,
        {{ sum_if_complete('banded.net_weight_kg') }} as net_weight_kg,
        {{ sum_if_complete('banded.x_report_usd') }} as x_report_usd,
        {{ sum_if_complete('banded.m_report_fob_usd') }} as m_report_fob_usd,
        case
            when count(distinct banded.sidedness) = 1 then min(banded.sidedness) else 'mixed'
        end as sidedness,
        max(banded.mirror_repair) as mirror_repair,
        bool_or(banded.is_revision_folded) as is_revision_folded,
        max(banded.known_from_date) as known_from_date
    from banded
    inner join months
        on banded.month_number between months.end_month - 11 and months.end_month
    group by
        banded.exporter_id, banded.importer_id, banded.nomenclature, banded.product_code,
        months.end_month, months.period_end_date

)

select
    windows.edition, windows.lineage_id, sums.exporter_id, sums.importer_id, sums.nomenclature, sums.product_code,
    'T12M' as period_type,
    {{ first_month_of_window('sums.period_end_date', 12) }} as period_start_date,
    sums.period_end_date,
    cast(year(sums.period_end_date) as integer) as year,
    cast(sums.value_usd as double) as value_usd,
    cast(sums.value_low_usd as double) as value_low_usd,
    cast(sums.value_high_usd as double) as value_high_usd,
    cast(sums.net_weight_kg as double) as net_weight_kg,
    cast(sums.x_report_usd as double) as x_report_usd,
    cast(sums.m_report_fob_usd as double) as m_report_fob_usd,
    ln(
        nullif(cast(sums.m_report_fob_usd as double), 0)
        / nullif(cast(sums.x_report_usd as double), 0)
    ) as log_gap,
    sums.sidedness, sums.mirror_repair, sums.is_revision_folded, sums.known_from_date
from sums
inner join windows
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
