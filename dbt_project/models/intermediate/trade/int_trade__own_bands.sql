-- One row per exporter, importer, product and period (a year or a month): our own reconciled flows
-- with their bands. Of a flow with one report the band is that reporter's usual error, of one with
-- two the two reports.
with

flows as (

    select
        *,
        -- nine in ten errors are smaller
        exp(least(1.645 * case when m_report_fob_usd is null then x_error else m_error end, ln(10)))
            as factor
    from {{ ref('int_trade__own_flows') }}
    where not is_unheard

),

banded as (

    select
        *,
        case sidedness
            when 'two_sided' then least(x_report_usd, m_report_fob_usd)
            when 'importer_only' then value_usd / greatest(factor, exp(freight))
            else value_usd / factor
        end as value_low_usd,
        case sidedness
            when 'two_sided' then greatest(x_report_usd, m_report_fob_usd)
            else value_usd * factor
        end as value_high_usd
    from flows

)

select
    edition,
    exporter_id,
    importer_id,
    nomenclature,
    product_code,
    period_type,
    period_start_date,
    period_end_date,
    year,
    value_usd,
    value_low_usd,
    value_high_usd,
    net_weight_kg,
    least(x_kg, m_kg) as net_weight_kg_low,
    greatest(x_kg, m_kg) as net_weight_kg_high,
    x_report_usd,
    m_report_fob_usd,
    cif_rate,
    cif_method,
    w_exporter,
    w_importer,
    ln(m_report_fob_usd / x_report_usd) as log_gap,
    sidedness,
    mirror_repair,
    is_revision_folded,
    known_from_date
from banded
