with

flows as (

    select
        *,
        year * 12 + month(period_start_date) - 1 as month_number
    from {{ ref('int_trade__mirror_estimates') }}

),

baskets as (

    select product_code
    from {{ ref('bridge_product_material') }}
    where is_basket
    group by product_code

),

measured as (

    select
        flows.* exclude (x_kg, m_kg),
        'usd' as measure,
        x_report_usd as x_reported,
        m_report_fob_usd * (1 + cif_rate) as m_reported,
        m_report_fob_usd as m_aligned
    from flows
    union all
    select
        flows.* exclude (x_kg, m_kg),
        'kg' as measure,
        x_kg as x_reported,
        m_kg as m_reported,
        m_kg as m_aligned
    from flows
    where x_kg is not null or m_kg is not null

),

gaps as (

    select
        measured.*,
        ln(m_aligned / x_reported) as log_gap,
        baskets.product_code is not null as is_basket,
        -- three months about the month: what left in one and arrived in the next meets in them
        case
            when period_type = 'M'
                then
                    ln(
                        {{ exact_sum('m_aligned', over='around_month') }}
                        / {{ exact_sum('x_reported', over='around_month') }}
                    )
        end as log_gap_3m
    from measured
    left join baskets
        on measured.product_code = baskets.product_code
    window around_month as (
        partition by exporter_id, importer_id, nomenclature, measured.product_code, period_type, measure
        order by month_number range between 1 preceding and 1 following
    )

),

usual as (

    select
        *,
        case
            when count(log_gap) over earlier >= 6
                then
                    (log_gap - avg(log_gap) over earlier)
                    / nullif(stddev_samp(log_gap) over earlier, 0)
        end as rolling_z
    from gaps
    window earlier as (
        partition by exporter_id, importer_id, nomenclature, product_code, period_type, measure
        order by month_number rows between 24 preceding and 1 preceding
    )

)

select
    cast(edition as varchar) as edition,
    cast(exporter_id as varchar) as exporter_id,
    cast(importer_id as varchar) as importer_id,
    cast(nomenclature as varchar) as nomenclature,
    cast(product_code as varchar) as product_code,
    cast(period_type as varchar) as period_type,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date,
    cast(year as integer) as year,
    cast(measure as varchar) as measure,
    cast(x_reported as double) as x_reported,
    cast(m_reported as double) as m_reported,
    cast(m_aligned as double) as m_aligned_fob,
    cast(log_gap as double) as log_gap,
    cast(m_aligned / x_reported as double) as ratio,
    cast(case when measure = 'usd' then abs(m_aligned - x_reported) end as double) as abs_gap_usd,
    cast(case
        when exporter_id in ('NES', 'SPECIAL') or importer_id in ('NES', 'SPECIAL')
            then 'confidential'
        when log_gap is null then 'one_sided'
        when abs(log_gap) <= 0.1 or log_gap between 0 and freight then 'freight'
        when abs(log_gap_3m) <= 0.1 then 'timing'
        when log_gap < -ln(2) and w_exporter < 0.1 then 'entrepot'
        when is_basket then 'basket_code'
        else 'unexplained'
    end as varchar) as gap_class,
    cast(rolling_z as double) as rolling_z,
    cast(x_error as double) as reporter_quality_x,
    cast(m_error as double) as reporter_quality_m,
    cast(is_excluded_as_unreliable as boolean) as is_excluded_as_unreliable,
    cast(known_from_date as date) as known_from_date,
    cast(lineage_id as varchar) as lineage_id
from usual
