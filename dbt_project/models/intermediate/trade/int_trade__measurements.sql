-- One row per importer, series code, period and source (with edition, nomenclature and basis): what
-- the source says the importer bought under the code, whether it really measured it, and which one
-- is chosen. A source that covers the importer and the code and shows no flow measured zero.
-- noqa: disable=LT02
{{ config(tags=['spark']) }}
{% set cell = ['importer_id', 'series_code', 'period_type', 'period_start_date'] %}
with

all_flows as (

    select
        flows.*,
        series.series_code
    from {{ ref('int_trade__import_flows') }} as flows
    inner join {{ ref('int_trade__series_codes') }} as series
        using (nomenclature, product_code)
    where not flows.is_reimport

),

counted_codes as (

    select distinct
        series_code, year
    from all_flows
    where is_preferred_series

),

-- a code of BACI that holds goods of a code that counts may stand for that code, and for no other
flows as (

    select all_flows.*
    from all_flows
    left join counted_codes
        using (series_code, year)
    where all_flows.is_preferred_series or counted_codes.year is not null

),

thresholds as (

    select
        max(case when threshold_id = 'world_row_gap' then threshold end) as world_row_gap,
        max(case when threshold_id = 'contradiction_factor' then threshold end)
            as contradiction_factor,
        max(case when threshold_id = 'supplier_reports_coverage' then threshold end)
            as supplier_reports_coverage
    from {{ ref('int_dependency__thresholds') }}

),

sums as (

    select
        importer_id, series_code, period_type, period_start_date, source_id, edition, nomenclature,
        flow_basis, denominator_scope,
        max(period_end_date) as period_end_date,
        max(year) as year,
        sum(value_usd) as imports_usd,
        count(*) as n_suppliers,
        bool_and(is_complete) as is_complete,
        bool_or(is_truncated) as is_truncated,
        bool_or(sidedness in ('two_sided', 'importer_only')) as has_importer_report,
        max(known_from_date) as known_from_date,
        min(lineage_id) as lineage_id
    from flows
    where importer_id <> 'ROW'
    group by
        importer_id, series_code, period_type, period_start_date, source_id, edition, nomenclature,
        flow_basis, denominator_scope

),

-- which codes a source offers in a period, and for whom: no row is then no trade. Importers that a
-- bundle sums up into ROW, and those whose suppliers alone have filed, are not offered
offered as (

    select
        source_id, edition, nomenclature, period_type, period_start_date, series_code, flow_basis,
        denominator_scope,
        max(period_end_date) as period_end_date,
        max(year) as year,
        bool_and(is_complete) as is_complete,
        bool_or(is_truncated) as is_truncated,
        max(known_from_date) as known_from_date,
        min(lineage_id) as lineage_id,
        bool_or(importer_id = 'ROW') as has_rest
    from flows
    where source_id <> 'pax_silica'
    group by
        source_id, edition, nomenclature, period_type, period_start_date, series_code, flow_basis,
        denominator_scope

),

-- BACI has all countries in every edition and revision: a slice of one code shows those that buy it
importers as (

    select
        offered.source_id, offered.edition, offered.nomenclature, offered.period_type,
        offered.period_start_date, sums.importer_id,
        bool_or(
            sums.edition = offered.edition and sums.nomenclature = offered.nomenclature
        ) as is_shown
    from (
        select distinct
            source_id, edition, nomenclature, period_type, period_start_date, importer_id
        from sums
    ) as sums
    inner join (
        select distinct
            source_id, edition, nomenclature, period_type, period_start_date
        from offered
    ) as offered
        on
            sums.source_id = offered.source_id
            and sums.period_type = offered.period_type
            and sums.period_start_date = offered.period_start_date
            and (
                sums.source_id = 'cepii_baci'
                or (
                    sums.edition = offered.edition
                    and sums.nomenclature = offered.nomenclature
                )
            )
    group by
        offered.source_id, offered.edition, offered.nomenclature, offered.period_type,
        offered.period_start_date, sums.importer_id

),

parties as (

    select country_id from {{ ref('stg_registers__partner_memberships') }}
    union
    select country_id from {{ ref('stg_reference__countries') }} where country_id in ('CHN', 'TWN', 'CAN')

),

zeros as (

    select
        importers.importer_id, offered.series_code, offered.period_type, offered.period_start_date,
        offered.source_id, offered.edition, offered.nomenclature, offered.flow_basis,
        offered.denominator_scope, offered.period_end_date, offered.year,
        cast(0 as double) as imports_usd,
        cast(0 as bigint) as n_suppliers,
        offered.is_complete, offered.is_truncated,
        false as has_importer_report,
        offered.known_from_date, offered.lineage_id
    from offered
    inner join importers
        using (source_id, edition, nomenclature, period_type, period_start_date)
    left join parties
        on importers.importer_id = parties.country_id
    anti join sums
        on
            importers.importer_id = sums.importer_id
            and offered.series_code = sums.series_code
            and offered.period_type = sums.period_type
            and offered.period_start_date = sums.period_start_date
            and offered.source_id = sums.source_id
            and offered.edition = sums.edition
            and offered.nomenclature = sums.nomenclature
    where not offered.has_rest or (importers.is_shown and parties.country_id is not null)

),

shown as (

    select * from sums
    union all
    select * from zeros

),

-- CEPII reconciles each revision of the HS on its own: an item of several codes is taken from the
-- one that has all of them
item_codes as (

    select
        *,
        count(*) over (partition by item_kind, item_id, stage_id) as n_codes
    from (
        select distinct
            items.item_kind, items.item_id, items.stage_id, series.series_code
        from {{ ref('int_dependency__item_products') }} as items
        inner join {{ ref('int_trade__series_codes') }} as series
            using (nomenclature, product_code)
        where items.item_kind <> 'product' and items.nomenclature = 'HS2017'
    ) as codes_of_items

),

whole_items as (

    select
        item_codes.item_kind, item_codes.item_id, item_codes.stage_id, offered.nomenclature,
        offered.period_start_date
    from item_codes
    inner join (
        select distinct
            nomenclature, period_start_date, series_code
        from offered
        where source_id = 'cepii_baci'
    ) as offered
        using (series_code)
    group by
        item_codes.item_kind, item_codes.item_id, item_codes.stage_id, offered.nomenclature,
        offered.period_start_date
    having count(*) = min(item_codes.n_codes)

),

whole_codes as (

    select distinct
        'cepii_baci' as source_id,
        item_codes.series_code, whole_items.nomenclature, whole_items.period_start_date
    from whole_items
    inner join item_codes
        using (item_kind, item_id, stage_id)

),

-- what the importers filed with UN Comtrade themselves, and whether the partners make up World
own_filings as (

    select
        reporter_id as importer_id,
        series_code,
        {{ period_type_of('period') }} as period_type,
        {{ period_start_of('period') }} as period_start_date,
        max(coalesce(partner_gap_share, 1)) as partner_gap_share,
        case
            when count(partner_coverage_share) = count(*) then min(partner_coverage_share)
        end as partner_coverage_share
    from {{ ref('int_trade__comtrade_versions') }}
    where flow = 'import' and known_to_date is null
    group by all

),

filings as (

    select * from {{ ref('int_trade__filings') }}

),

whole_filings as (

    select
        reporter_id as importer_id,
        period_type, period_start_date
    from filings
    where flow = 'import' and is_whole

),

classified as (

    select
        shown.*,
        case
            when shown.source_id = 'cepii_baci' then 'reconciled'
            when shown.source_id <> 'pax_silica' and not shown.is_complete then 'incomplete'
            when shown.denominator_scope = 'listed_partners' then 'listed_partners'
            when shown.source_id <> 'pax_silica' then 'declared'
            when own_filings.partner_gap_share <= thresholds.world_row_gap then 'own_filing'
            when shown.has_importer_report then 'listed_partners'
            when whole_filings.importer_id is not null then 'own_filing'
            else 'supplier_reports'
        end as measurement_kind,
        own_filings.partner_coverage_share as filed_coverage_share
    from shown
    cross join thresholds
    left join own_filings
        using ({{ cell | join(', ') }})
    left join whole_filings
        using (importer_id, period_type, period_start_date)

),

-- the best earlier year of an importer's code, by supplier: how much of it those sold that have
-- filed now, or that a list of partners names now
reference_cells as (

    select
        importer_id, series_code, period_type, year, source_id, edition, nomenclature, flow_basis
    from classified
    where measurement_kind in ('own_filing', 'reconciled', 'declared') and imports_usd > 0
    qualify row_number() over (
        partition by importer_id, series_code, period_type, year
        order by measurement_kind, nomenclature desc, edition desc, flow_basis
    ) = 1

),

reported_now as (

    select distinct
        importer_id, series_code, period_type, period_start_date, year
    from classified
    where measurement_kind = 'supplier_reports' and period_type = 'A'

),

reference_years as (

    select
        now.importer_id, now.series_code, now.period_type, now.period_start_date,
        max(before.year) as reference_year
    from reported_now as now
    inner join reference_cells as before
        on
            now.importer_id = before.importer_id
            and now.series_code = before.series_code
            and now.period_type = before.period_type
            and before.year < now.year
            and before.year >= now.year - 3
    group by now.importer_id, now.series_code, now.period_type, now.period_start_date

),

supplier_coverage as (

    select
        years.importer_id, years.series_code, years.period_type, years.period_start_date,
        coalesce(sum(flows.value_usd) filter (where filings.reporter_id is not null), 0)
        / sum(flows.value_usd) as coverage_share
    from reference_years as years
    inner join reference_cells as cells
        on
            years.importer_id = cells.importer_id
            and years.series_code = cells.series_code
            and years.period_type = cells.period_type
            and years.reference_year = cells.year
    inner join flows
        on
            cells.importer_id = flows.importer_id
            and cells.series_code = flows.series_code
            and cells.period_type = flows.period_type
            and cells.year = flows.year
            and cells.source_id = flows.source_id
            and cells.edition = flows.edition
            and cells.nomenclature = flows.nomenclature
            and cells.flow_basis = flows.flow_basis
    left join filings
        on
            filings.flow = 'export'
            and flows.exporter_id = filings.reporter_id
            and years.period_type = filings.period_type
            and years.period_start_date = filings.period_start_date
    group by
        years.importer_id, years.series_code, years.period_type, years.period_start_date

),

-- of the codes that a list of partners and a whole source both have: what the listed ones sell
listed_coverage as (

    select
        lists.source_id, lists.edition, lists.importer_id, lists.period_type,
        lists.period_start_date,
        sum(wholes.value_usd) filter (where listed.exporter_id is not null)
        / sum(wholes.value_usd) as coverage_share
    from (
        select distinct
            source_id, edition, importer_id, series_code, period_type, period_start_date
        from classified
        where measurement_kind = 'listed_partners' and source_id <> 'pax_silica'
    ) as lists
    inner join flows as wholes
        on
            wholes.source_id = 'cepii_baci'
            and lists.importer_id = wholes.importer_id
            and lists.series_code = wholes.series_code
            and lists.period_type = wholes.period_type
            and lists.period_start_date = wholes.period_start_date
    left join (
        select distinct
            source_id, edition, importer_id, exporter_id, period_type, period_start_date
        from flows
    ) as listed
        on
            lists.source_id = listed.source_id
            and lists.edition = listed.edition
            and lists.importer_id = listed.importer_id
            and lists.period_type = listed.period_type
            and lists.period_start_date = listed.period_start_date
            and wholes.exporter_id = listed.exporter_id
    group by
        lists.source_id, lists.edition, lists.importer_id, lists.period_type,
        lists.period_start_date

),

-- a newer period is there for an importer once a source measures it itself
last_periods as (

    select
        importer_id,
        max(case when period_type = 'A' then period_start_date end) as last_year_date,
        max(case when period_type = 'M' then period_start_date end) as last_month_date
    from classified
    where measurement_kind in ('own_filing', 'reconciled', 'declared')
    group by importer_id

),

covered as (

    select
        classified.*,
        case classified.measurement_kind
            when 'listed_partners'
                then
                    case
                        when classified.source_id = 'pax_silica'
                            then classified.filed_coverage_share
                        else listed_coverage.coverage_share
                    end
            when 'supplier_reports' then supplier_coverage.coverage_share
            when 'incomplete' then null
            else 1.0
        end as partner_coverage_share,
        last_periods.importer_id is not null as is_ever_measured,
        case classified.period_type
            when 'A' then last_periods.last_year_date else last_periods.last_month_date
        end as last_measured_date
    from classified
    left join supplier_coverage
        using ({{ cell | join(', ') }})
    left join listed_coverage
        using (source_id, edition, importer_id, period_type, period_start_date)
    left join last_periods
        using (importer_id)

),

evaluated as (

    select
        covered.*,
        whole_codes.series_code is not null as is_of_whole_item,
        -- suppliers that sold little of it before say nothing of the whole; of an importer that no
        -- source ever measured they are all there is, and the share stays unknown
        case
            when covered.measurement_kind <> 'supplier_reports' then true
            when not covered.is_ever_measured then true
            when covered.period_start_date > covered.last_measured_date then false
            else coalesce(covered.partner_coverage_share, 0)
                >= thresholds.supplier_reports_coverage
        end as is_measured,
        order_of_kinds.priority,
        order_of_kinds.note as kind_note,
        max(case when covered.measurement_kind = 'declared' then covered.imports_usd end) over cells
        > thresholds.contradiction_factor * covered.imports_usd
        and covered.measurement_kind = 'reconciled' as is_contradicted
    from covered
    cross join thresholds
    left join {{ ref('stg_reference__measurement_order') }} as order_of_kinds
        using (measurement_kind)
    left join whole_codes
        on
            -- an equality: a condition on one side makes the join quadratic
            covered.source_id = whole_codes.source_id
            and covered.series_code = whole_codes.series_code
            and covered.nomenclature = whole_codes.nomenclature
            and covered.period_start_date = whole_codes.period_start_date
    window cells as (
        partition by
            covered.importer_id, covered.series_code, covered.period_type,
            covered.period_start_date
    )

),

ranked as (

    select
        *,
        row_number() over (
            partition by importer_id, series_code, period_type, period_start_date
            order by
                is_measured desc,
                -- the importer's own declaration of several times as much precedes
                case when is_contradicted then 3.5 else priority end asc,
                -- a bundle in whole thousands does not show the smallest flows
                imports_usd > 0 desc,
                is_of_whole_item desc,
                -- else the revision that the concordance leads to
                case when nomenclature = 'HS2017' then 0 else 1 end asc,
                edition desc, source_id asc, nomenclature desc, flow_basis asc
        ) as place
    from evaluated

)

select
    {{ cell | join(', ') }}, source_id, edition, nomenclature, flow_basis, denominator_scope,
    period_end_date, year, imports_usd, n_suppliers, is_complete, is_truncated, measurement_kind,
    kind_note, partner_coverage_share, is_measured,
    coalesce(is_contradicted, false) as is_contradicted,
    is_measured and place = 1 as is_chosen,
    known_from_date, lineage_id
from ranked
