-- One row per exporter, importer, product and period (a year or a month): our own reconciled flows
-- with their bands, of which nine in ten hold the truth. Of a flow with one report the band is that
-- reporter's usual error; of two the error of their weighted mean, the larger of what both reporters'
-- usual errors make it and of what their disagreement makes it (Birge's ratio, Physical Review 40,
-- 1932: measurements that disagree by more than their errors have larger errors).
with

flows as (

    select
        *,
        case sidedness
            when 'exporter_only' then x_error
            when 'importer_only' then m_error
            else sqrt(greatest(
                power(w_exporter * x_error, 2) + power(w_importer * m_error, 2),
                w_exporter * w_importer * power(ln(m_report_fob_usd / x_report_usd), 2)
            ))
        end as standard_error
    from {{ ref('int_trade__own_flows') }}
    where not is_unheard

),

banded as (

    select
        *,
        exp(least(1.645 * standard_error, ln(10))) as factor
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
    -- what the importer alone declares may hold freight
    value_usd
    / greatest(factor, case sidedness when 'importer_only' then exp(freight) else 1 end)
        as value_low_usd,
    value_usd * factor as value_high_usd,
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
