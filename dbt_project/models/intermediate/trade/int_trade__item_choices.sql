-- One row per importer, item, series code and period: which measurement of the code counts for the
-- item. It is the one that is chosen for the code, unless the importer's own declaration of all
-- partners has national lines that are the item and nothing else of a basket: nothing measures it
-- closer, and lines that the declaration lacks beside them do not matter.
{{ config(tags=['spark']) }}
{% set cell = ['importer_id', 'series_code', 'period_type', 'period_start_date'] %}
with

measurements as (

    select * from {{ ref('int_trade__measurements') }}
    where is_measured

),

series as (

    select * from {{ ref('int_trade__series_codes') }}

),

item_products as (

    select * from {{ ref('int_dependency__item_products') }}

),

-- lines that are wholly the item; a source that lacks one of them does not measure the item
whole_lines as (

    select
        nomenclature as line_nomenclature,
        item_id,
        product_hs2022 as product_code,
        count(distinct code) as n_lines
    from {{ ref('stg_reference__national_code_items') }}
    where item_id <> 'none'
    group by nomenclature, item_id, product_hs2022
    having bool_and(holding = 'whole')

),

shown_lines as (

    select
        lines.source_id, lines.edition, lines.period_type, lines.period_start_date,
        code_items.item_id,
        code_items.product_hs2022 as product_code
    from {{ ref('int_trade__national_lines') }} as lines
    inner join {{ ref('stg_reference__national_code_items') }} as code_items
        on
            lines.line_nomenclature = code_items.nomenclature
            and lines.code = code_items.code
            and {{ valid_on('code_items', 'lines.period_start_date') }}
    inner join whole_lines
        on
            code_items.nomenclature = whole_lines.line_nomenclature
            and code_items.item_id = whole_lines.item_id
            and code_items.product_hs2022 = whole_lines.product_code
    where code_items.holding = 'whole'
    group by
        lines.source_id, lines.edition, lines.period_type, lines.period_start_date,
        code_items.item_id, code_items.product_hs2022
    having count(distinct code_items.code) = min(whole_lines.n_lines)

),

separated as (

    select distinct
        shares.source_id, shares.edition, shares.product_code, shares.item_id, shares.importer_id,
        shares.period_type, shares.period_start_date,
        true as is_separated
    from {{ ref('int_trade__line_shares') }} as shares
    inner join shown_lines
        using (source_id, edition, product_code, item_id, period_type, period_start_date)
    where shares.nomenclature = 'HS2022' and shares.exporter_id = 'ALL'

),

candidates as (

    select
        {% for column in cell %}measurements.{{ column }}, {% endfor %}
        items.item_kind, items.item_id, items.stage_id,
        measurements.source_id, measurements.edition, measurements.nomenclature,
        measurements.flow_basis, measurements.denominator_scope, measurements.is_chosen,
        bool_or(
            items.is_basket
            and measurements.nomenclature = 'HS2022'
            and measurements.measurement_kind in ('declared', 'incomplete')
            and coalesce(separated.is_separated, false)
        ) as is_separated
    from measurements
    inner join series
        using (nomenclature, series_code)
    inner join item_products as items
        on
            series.nomenclature = items.nomenclature
            and series.product_code = items.product_code
    left join separated
        on
            measurements.source_id = separated.source_id
            and measurements.edition = separated.edition
            and measurements.importer_id = separated.importer_id
            and measurements.period_type = separated.period_type
            and measurements.period_start_date = separated.period_start_date
            and series.product_code = separated.product_code
            and items.item_id = separated.item_id
    group by all

)

select
    {{ cell | join(', ') }}, item_kind, item_id, stage_id, source_id, edition, nomenclature,
    flow_basis, denominator_scope, is_separated
from candidates
where is_chosen or is_separated
qualify row_number() over (
    partition by {{ cell | join(', ') }}, item_kind, item_id, stage_id
    order by is_separated desc, is_chosen desc, edition desc, source_id
) = 1
