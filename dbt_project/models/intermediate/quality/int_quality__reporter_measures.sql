-- One row per importer, source and year: how much of its imports carries a weight, a known
-- partner, a code of one item. Rows per key is how many printed lines a fact row was made of. Of
-- UN Comtrade it is the reporter and all that it declared, also where it declared nothing.
-- `expected_usd` is how much of the value of the source's year depends on the reporter, `filed_usd`
-- the part that has been filed.
with

flows as (

    select
        importer_id, source_id, year, exporter_id, nomenclature, product_code, period_type,
        period_start_date, value_usd, net_weight_kg, is_truncated, is_complete
    from {{ ref('int_trade__import_flows') }}
    where is_preferred_series
    union all
    select
        reporter_id as importer_id, source_id, year, partner_id as exporter_id, nomenclature,
        product_code, period_type, period_start_date, value_usd, net_weight_kg,
        false as is_truncated, true as is_complete
    from {{ ref('int_trade__comtrade_flows') }}
    where is_latest

),

filings as (

    select * from {{ ref('int_quality__comtrade_filings') }}

),

reported as (

    select * from {{ ref('fct_trade_reported') }}

),

baskets as (

    select nomenclature, product_code
    from {{ ref('bridge_product_material') }}
    group by nomenclature, product_code
    having min(case when is_basket then 1 else 0 end) = 1

),

measured as (

    select
        flows.importer_id, flows.source_id, flows.year,
        count(*) as n_rows,
        {{ exact_sum('flows.value_usd') }} as value_usd,
        {{ exact_sum(
            "case when flows.exporter_id in ('UNMAPPED', 'NES', 'SPECIAL') then flows.value_usd else 0 end"
        ) }} as unmapped_usd,
        {{ exact_sum('case when flows.net_weight_kg is null then flows.value_usd else 0 end') }}
            as missing_weight_usd,
        {{ exact_sum('case when baskets.product_code is not null then flows.value_usd else 0 end') }}
            as basket_usd,
        max(case when flows.is_truncated then 1 else 0 end) as has_truncated,
        min(case when flows.is_complete then 1 else 0 end) as all_complete,
        case
            when min(flows.period_type) = 'A' then 1
            else count(distinct flows.period_start_date) / cast(12 as double)
        end as reported_share
    from flows
    left join baskets
        on
            flows.nomenclature = baskets.nomenclature
            and flows.product_code = baskets.product_code
    group by flows.importer_id, flows.source_id, flows.year

),

multiplicity as (

    select
        reporter_id, source_id, year,
        sum(n_lines) / cast(count(*) as double) as rows_per_key_raw
    from reported
    where flow = 'import' or source_id = 'un_comtrade'
    group by reporter_id, source_id, year

)

select
    coalesce(measured.importer_id, filings.reporter_id) as importer_id,
    coalesce(measured.source_id, 'un_comtrade') as source_id,
    coalesce(measured.year, filings.year) as year,
    coalesce(measured.n_rows, 0) as n_rows,
    measured.unmapped_usd / nullif(measured.value_usd, 0) as unmapped_share,
    measured.missing_weight_usd / nullif(measured.value_usd, 0) as missing_weight_share,
    measured.basket_usd / nullif(measured.value_usd, 0) as basket_share,
    multiplicity.rows_per_key_raw, filings.coverage_share, filings.mirror_disagreement_share,
    -- our own flows replace missing reports by mirrors, and a sum of importers is no report
    case
        when filings.reporter_id is not null then filings.expected_usd
        when measured.source_id <> 'pax_silica' and measured.importer_id <> 'ROW'
            then max(measured.value_usd) over (
                partition by measured.importer_id, measured.source_id
            )
    end as expected_usd,
    case
        when filings.reporter_id is not null then filings.filed_usd
        when measured.source_id <> 'pax_silica' and measured.importer_id <> 'ROW'
            then measured.reported_share * max(measured.value_usd) over (
                partition by measured.importer_id, measured.source_id
            )
    end as filed_usd,
    case
        when filings.reporter_id is not null then filings.coverage_status
        when measured.all_complete = 0 or measured.reported_share < 1 then 'incomplete'
        when measured.has_truncated = 1 then 'truncated'
        else 'reported'
    end as coverage_status
from measured
left join multiplicity
    on
        measured.importer_id = multiplicity.reporter_id
        and measured.source_id = multiplicity.source_id
        and measured.year = multiplicity.year
full join filings
    on
        measured.source_id = 'un_comtrade'
        and measured.importer_id = filings.reporter_id
        and measured.year = filings.year
