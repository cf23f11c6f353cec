-- One row per clause, HS6 code, supplier, importer (or ALL) and year (or none, for ALL): how much of
-- what the importer buys from the issuer under the code the clause covers, by the value of the
-- importer's national lines. ALL pools the importers that have lines of the whole code.
with

parts as (

    select * from {{ ref('int_policy__clause_parts') }}

),

issuers as (

    select
        clause_id,
        country_id as issuer_id
    from {{ ref('bridge_clause_target') }}
    where role = 'issuer'

),

-- where a file lacks no more than the line of scrap, what it shows is nearly the code
nearly_whole as (

    select distinct
        source_id, edition, product_code, period_start_date
    from {{ ref('int_trade__line_shares') }}
    where nomenclature = 'HS2022' and period_type = 'A' and lacks_residual_only

),

lines as (

    select
        lines.*,
        substr(lines.code, 1, 6) as product_code
    from {{ ref('int_trade__national_lines') }} as lines
    left join nearly_whole
        on
            lines.source_id = nearly_whole.source_id
            and lines.edition = nearly_whole.edition
            and substr(lines.code, 1, 6) = nearly_whole.product_code
            and lines.period_start_date = nearly_whole.period_start_date
    where
        lines.period_type = 'A'
        and lines.value_native > 0
        and (lines.is_complete or nearly_whole.product_code is not null)

),

placed as (

    select
        parts_of_code.clause_id, parts_of_code.product_code, lines.exporter_id, lines.importer_id,
        lines.year, lines.value_native,
        coalesce(named.coverage_low, parts_of_code.coverage_low) as coverage_low,
        coalesce(named.coverage_high, parts_of_code.coverage_high) as coverage_high,
        greatest(lines.known_from_date, parts_of_code.known_from_date) as known_from_date
    from lines
    inner join parts as parts_of_code
        on
            lines.line_nomenclature = parts_of_code.nomenclature
            and lines.product_code = parts_of_code.product_code
            and parts_of_code.part_kind = 'rest'
    inner join issuers
        on
            parts_of_code.clause_id = issuers.clause_id
            and lines.exporter_id = issuers.issuer_id
    left join parts as named
        on
            parts_of_code.clause_id = named.clause_id
            and lines.line_nomenclature = named.nomenclature
            and lines.code = named.part
            and named.part_kind = 'line'

),

by_importer as (

    select
        clause_id, product_code, exporter_id, importer_id, year,
        sum(round(value_native * coverage_low)) / sum(round(value_native)) as coverage_low,
        sum(round(value_native * coverage_high)) / sum(round(value_native)) as coverage_high,
        sum(round(value_native)) as value_native,
        max(known_from_date) as known_from_date
    from placed
    group by clause_id, product_code, exporter_id, importer_id, year
    having sum(round(value_native)) > 0

),

-- an importer counts with its latest year: its lines are in one currency, importers weigh alike
latest as (

    select * from by_importer
    qualify row_number() over (
        partition by clause_id, product_code, exporter_id, importer_id order by year desc
    ) = 1

)

select
    clause_id, product_code, exporter_id, importer_id, year, coverage_low, coverage_high,
    cast(1 as bigint) as n_importers,
    known_from_date
from by_importer

union all

select
    clause_id, product_code, exporter_id,
    'ALL' as importer_id,
    cast(null as integer) as year,
    {{ order_independent_sum('coverage_low') }} / count(*) as coverage_low,
    {{ order_independent_sum('coverage_high') }} / count(*) as coverage_high,
    count(*) as n_importers,
    max(known_from_date) as known_from_date
from latest
group by clause_id, product_code, exporter_id
