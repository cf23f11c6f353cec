-- One row per exporter, importer, product and period: our own reconciliation of both declarations.
-- Two-sided flows are the weighted mean of the export report and the import report less freight;
-- a one-sided report stays as declared.
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__estimate_periods']) }}",
    post_hook="{{ record_built_periods(['int_trade__estimate_periods']) }}",
) }}

with

pairs as (

    select *
    from {{ ref('int_trade__mirror_pairs') }}
    {{ only_changed_periods(['int_trade__estimate_periods']) }}

),

weights as (

    select * from {{ ref('int_trade__reporter_weights') }}

),

periods as (

    select * from {{ ref('int_trade__estimate_periods') }}

),

-- the newest declaration of a period
declared as (

    select
        period_type, period_start_date,
        max(known_from_date) as declared_known_from_date
    from {{ ref('int_trade__mirror_pairs') }}
    {{ only_changed_periods(['int_trade__estimate_periods']) }}
    group by period_type, period_start_date

),

freighted as (

    select
        pairs.*,
        periods.earlier_known_from_date,
        whole.n_reference_flows > 0 or whole.n_training_pairs > 0 as has_references,
        case when has_references then periods.reference_known_from_date end
            as reference_known_from_date,
        1 / (1 + exp(
            -(whole.log_odds + coalesce(exporters.log_odds, 0) + coalesce(importers.log_odds, 0))
        )) as odds_weight,
        exp(whole.log_error + coalesce(exporters.log_error, 0)) as x_error,
        exp(whole.log_error + coalesce(importers.log_error, 0)) as m_error,
        -- a partner's silence speaks against a report that came after it, and where other partners
        -- declare the goods; against no other
        coalesce(exporters.is_unreliable, false)
        and (late.reporter_id is not null or coalesce(exporters.is_declared_elsewhere, false))
        and pairs.has_importer_filed
        and pairs.m_usd is null as is_excluded_as_unreliable,
        -- ln(CIF/FOB), never below nothing nor above a fifth
        least(greatest(
            whole.freight_constant
            + whole.freight_by_unit_value * coalesce(ln(pairs.usual_usd_kg), 0)
            + whole.freight_by_distance * coalesce(ln(pairs.distance_km / 3000), 0), 0
        ), ln(1.2)) as freight
    from pairs
    inner join weights as whole
        on
            whole.role = 'all'
            and pairs.period_type = whole.period_type
            and pairs.period_start_date = whole.period_start_date
    inner join periods
        on
            pairs.period_type = periods.period_type
            and pairs.period_start_date = periods.period_start_date
    left join weights as exporters
        on
            exporters.role = 'exporter'
            and pairs.exporter_id = exporters.country_id
            and pairs.period_type = exporters.period_type
            and pairs.period_start_date = exporters.period_start_date
    left join weights as importers
        on
            importers.role = 'importer'
            and pairs.importer_id = importers.country_id
            and pairs.period_type = importers.period_type
            and pairs.period_start_date = importers.period_start_date
    left join {{ ref('int_trade__late_filings') }} as late
        on
            pairs.exporter_id = late.reporter_id
            and pairs.period_type = late.period_type
            and pairs.period_start_date = late.period_start_date

),

-- where the importer's value stays above the exporter's with the freight taken off, freight does
-- not explain the difference, and it is not taken off (as in CEPII's values)
aligned as (

    select
        *,
        case
            when x_usd is null or m_usd is null then 0.0
            when is_fob or ln(m_usd / x_usd) > freight then 0.0
            else freight
        end as log_cif,
        case
            when m_usd is null then null
            when is_fob then 'declared_fob'
            when x_usd is null then 'as_declared'
            when ln(m_usd / x_usd) > freight then 'gap_is_not_freight'
            else 'estimated'
        end as cif_method,
        case when x_usd is null then 0.0 when m_usd is null then 1.0 else odds_weight end
            as w_exporter
    from freighted

)

select
    exporter_id, importer_id, nomenclature, product_code, period_type, period_start_date,
    period_end_date, year,
    x_usd as x_report_usd,
    m_usd * exp(-log_cif) as m_report_fob_usd,
    exp(log_cif) - 1 as cif_rate,
    cif_method, w_exporter,
    1 - w_exporter as w_importer,
    coalesce(w_exporter * x_usd, 0) + coalesce((1 - w_exporter) * m_usd * exp(-log_cif), 0)
        as value_usd,
    x_error, m_error, freight, has_references, x_kg, m_kg,
    case
        when x_kg is not null and m_kg is not null then w_exporter * x_kg + (1 - w_exporter) * m_kg
        else coalesce(x_kg, m_kg)
    end as net_weight_kg,
    case
        when m_usd is null then 'exporter_only'
        when x_usd is null then 'importer_only'
        else 'two_sided'
    end as sidedness,
    -- a country that has filed nothing yet is taken from its partners' reports; areas without a
    -- name never file
    case
        when x_usd is null and exporter_id in ('NES', 'SPECIAL', 'UNMAPPED') then null
        when m_usd is null and importer_id in ('NES', 'SPECIAL', 'UNMAPPED') then null
        when m_usd is null and not has_importer_filed then 'importer_not_filed'
        when x_usd is null and not has_exporter_filed then 'exporter_not_filed'
    end as mirror_repair,
    is_excluded_as_unreliable, is_revision_folded, own.edition,
    own.lineage_id,
    -- by the weights every flow of a period rests on all of its declarations, on those of earlier
    -- years, and on the reference flows
    greatest(
        declared_known_from_date, earlier_known_from_date, reference_known_from_date
    ) as known_from_date
from aligned
inner join declared
    using (period_type, period_start_date)
inner join {{ ref('int_trade__own_editions') }} as own
    using (period_type, period_start_date)
