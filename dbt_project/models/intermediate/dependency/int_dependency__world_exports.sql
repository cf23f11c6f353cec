-- One row per exporter, item and period: what a country sells to everybody, the importers that a
-- bundle sums up into ROW among them. Of each code and period one reconciled source, whole: CEPII's
-- where it has them, else our own, where those that have filed make up the code's trade.
{{ config(tags=['spark']) }}
{% set cell = ['series_code', 'period_type', 'period_start_date'] %}
{% set item = ['item_kind', 'item_id', 'stage_id'] %}
with

flows as (

    select
        reconciled.*,
        series.series_code
    from {{ ref('int_trade__reconciled') }} as reconciled
    inner join {{ ref('int_trade__series_codes') }} as series
        using (nomenclature, product_code)
    where reconciled.is_latest and reconciled.exporter_id <> reconciled.importer_id

),

item_products as (

    select * from {{ ref('int_dependency__item_products') }}

),

filings as (

    select * from {{ ref('int_trade__filings') }}

),

thresholds as (

    select threshold as supplier_reports_coverage
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'supplier_reports_coverage'

),

own_periods as (

    select distinct
        period_type, period_start_date, year
    from flows
    where source_id = 'pax_silica'

),

-- how much of a code's trade in its last year in CEPII's data was between countries of which one has
-- filed now
last_shares as (

    select
        periods.period_type, periods.period_start_date, flows.series_code,
        sum(flows.value_usd) filter (
            where exporters.reporter_id is not null or importers.reporter_id is not null
        ) / sum(flows.value_usd) as filed_share
    from own_periods as periods
    inner join flows
        on flows.source_id = 'cepii_baci' and periods.year > flows.year
    left join filings as exporters
        on
            exporters.flow = 'export'
            and flows.exporter_id = exporters.reporter_id
            and periods.period_type = exporters.period_type
            and periods.period_start_date = exporters.period_start_date
    left join filings as importers
        on
            importers.flow = 'import'
            and flows.importer_id = importers.reporter_id
            and periods.period_type = importers.period_type
            and periods.period_start_date = importers.period_start_date
    group by periods.period_type, periods.period_start_date, flows.series_code, flows.year
    qualify row_number() over (
        partition by periods.period_type, periods.period_start_date, flows.series_code
        order by flows.year desc
    ) = 1

),

chosen as (

    select
        {{ cell | join(', ') }}, source_id, edition, nomenclature, lineage_id
    from (
        select distinct
            {{ cell | join(', ') }}, source_id, edition, nomenclature, lineage_id
        from flows
    ) as candidates
    left join last_shares
        using ({{ cell | join(', ') }})
    cross join thresholds
    where
        candidates.source_id = 'cepii_baci'
        or coalesce(last_shares.filed_share >= thresholds.supplier_reports_coverage, true)
    qualify row_number() over (
        partition by {{ cell | join(', ') }}
        order by
            source_id asc, case when nomenclature = 'HS2017' then 0 else 1 end asc, edition desc
    ) = 1

),

exports as (

    select
        flows.exporter_id,
        {% for column in item %}items.{{ column }}, {% endfor %}
        flows.period_type, flows.period_start_date,
        max(flows.period_end_date) as period_end_date,
        max(flows.year) as year,
        sum(round(flows.value_usd)) as exports_usd,
        bool_or(flows.is_truncated) as is_truncated,
        max(flows.known_from_date) as known_from_date
    from flows
    inner join chosen
        using ({{ cell | join(', ') }}, source_id, edition, nomenclature)
    inner join item_products as items
        on
            flows.nomenclature = items.nomenclature
            and flows.product_code = items.product_code
    group by all

),

-- what the exports of an item are made of, the same for every exporter
sources as (

    select
        {% for column in item %}items.{{ column }}, {% endfor %}
        chosen.period_type, chosen.period_start_date,
        case when count(distinct chosen.source_id) = 1 then min(chosen.source_id) else 'combined' end
            as source_id,
        case when count(distinct chosen.edition) = 1 then min(chosen.edition) else 'combined' end
            as edition,
        {{ listagg_distinct('chosen.nomenclature', '|') }} as nomenclature,
        {{ listagg_distinct('chosen.series_code', '|') }} as series_codes,
        {{ lineage_of('chosen.lineage_id') }} as lineage_id
    from chosen
    inner join {{ ref('int_trade__series_codes') }} as series
        using (nomenclature, series_code)
    inner join item_products as items
        on
            series.nomenclature = items.nomenclature
            and series.product_code = items.product_code
    group by all

)

select
    exports.*,
    sources.source_id, sources.edition, sources.nomenclature, sources.series_codes,
    sources.lineage_id,
    'reconciled_fob' as flow_basis
from exports
inner join sources
    using ({{ item | join(', ') }}, period_type, period_start_date)
