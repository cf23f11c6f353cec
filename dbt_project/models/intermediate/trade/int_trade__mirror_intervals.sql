-- One row per exporter, importer, product and period (a year or a month): our own reconciled flows
-- with their bands, of which nine in ten hold the reconciled value. Of a flow with one report the
-- band is that reporter's usual error; of two the error of their weighted mean, by how far the two
-- are apart and usually are: two inverse variances w and 1 - w that sum to a gap's give the mean
-- sqrt(w (1 - w)) of it (Birge, Physical Review 40, 1932).
-- noqa: disable=LT02
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__estimate_periods']) }}",
    post_hook="{{ record_built_periods(['int_trade__estimate_periods']) }}",
) }}

{# each reads the table by itself: DuckDB would keep the rows of an expression that others name #}
{% set gap = 'abs(ln(m_report_fob_usd / x_report_usd))' %}

with

-- the standard deviation that a median of absolute gaps stands for; a missing declaration is no gap
{%- for side in ['exporter', 'importer'] %}
{{ side }}_gaps as (

    select
        period_type, period_start_date, {{ side }}_id,
        1.4826 * median({{ gap }}) as {{ side }}_gap
    from {{ ref('int_trade__mirror_estimates') }}
    {{ only_changed_periods(['int_trade__estimate_periods']) }}
    where not is_excluded_as_unreliable
    group by period_type, period_start_date, {{ side }}_id

),
{% endfor %}

flows as (

    select
        *,
        {{ gap }} as gap
    from {{ ref('int_trade__mirror_estimates') }}
    {{ only_changed_periods(['int_trade__estimate_periods']) }}
    where not is_excluded_as_unreliable

),

erring as (

    select
        *,
        case sidedness
            when 'exporter_only' then x_error
            when 'importer_only' then m_error
            else sqrt(w_exporter * w_importer) * case
                -- calibrated on CEPII's values, which lie between the two reports: nine in ten of
                -- held-out products (docs/reconciliation.md)
                when has_references
                    then 0.9 / 1.645e0 * sqrt(power(gap, 2) + exporter_gap * importer_gap / 16)
                -- where nothing ties the weights to them, the truth may lie outside of both
                else greatest(gap, sqrt(exporter_gap * importer_gap))
            end
        end as standard_error
    from flows
    inner join exporter_gaps
        using (period_type, period_start_date, exporter_id)
    inner join importer_gaps
        using (period_type, period_start_date, importer_id)

),

banded as (

    select
        *,
        exp(least(1.645 * standard_error, ln(10))) as factor
    from erring

)

select
    edition, lineage_id, exporter_id, importer_id, nomenclature, product_code, period_type, period_start_date,
    period_end_date, year, value_usd,
    -- what the importer alone declares may hold freight
    value_usd
    / greatest(factor, case sidedness when 'importer_only' then exp(freight) else 1 end)
        as value_low_usd,
    value_usd * factor as value_high_usd,
    net_weight_kg,
    least(x_kg, m_kg) as net_weight_kg_low,
    greatest(x_kg, m_kg) as net_weight_kg_high,
    x_report_usd, m_report_fob_usd, cif_rate, cif_method, w_exporter, w_importer,
    ln(m_report_fob_usd / x_report_usd) as log_gap,
    sidedness, mirror_repair, is_revision_folded, known_from_date
from banded
