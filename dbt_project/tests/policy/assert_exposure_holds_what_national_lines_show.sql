-- What a clause hits of a named item of a basket is at most what the bounds say: the share of the
-- issuer in the importer's own lines of the item, of all its codes, lies between them. Lines are in
-- thousands.
with

code_items as (

    select * from {{ ref('stg_reference__national_code_items') }}
    where holding = 'whole'

),

named as (

    select distinct
        clause_id, product_code,
        part as item_id,
        coverage_low, coverage_high
    from {{ ref('int_policy__clause_parts') }}
    where part_kind = 'item'

),

lines as (

    select
        lines.importer_id, lines.year, code_items.item_id, stages.stage_id,
        code_items.product_hs2022 as product_code,
        lines.source_id, lines.exporter_id,
        sum(lines.value_native) as value_native
    from {{ ref('int_trade__national_lines') }} as lines
    inner join code_items
        on lines.line_nomenclature = code_items.nomenclature and lines.code = code_items.code
    inner join {{ ref('bridge_product_material') }} as stages
        on
            stages.nomenclature = 'HS2022'
            and code_items.product_hs2022 = stages.product_code
            and code_items.item_id = stages.item_id
    where lines.period_type = 'A' and lines.year >= 2022
    group by all

),

shares as (

    select
        *,
        value_native / sum(value_native) over (
            partition by importer_id, year, item_id, stage_id, source_id
        ) as line_share,
        sum(value_native) over (
            partition by importer_id, year, item_id, stage_id, source_id
        ) as lines_native
    from lines

),

bounds as (

    select
        clause_id, importer_id, supplier_id, product_code, item_id, stage_id,
        base_year as year,
        sum(import_share_low * coverage_low) as share_low,
        sum(import_share_high * coverage_high) as share_high
    from {{ ref('fct_clause_flow') }}
    where item_kind = 'material' and entity_id = importer_id
    group by all

)

select
    bounds.*, shares.line_share
from bounds
inner join named
    using (clause_id, product_code, item_id)
inner join shares
    on
        bounds.importer_id = shares.importer_id
        and bounds.year = shares.year
        and bounds.item_id = shares.item_id
        and bounds.stage_id = shares.stage_id
        and bounds.product_code = shares.product_code
        and bounds.supplier_id = shares.exporter_id
where
    -- a line of a few thousand is rounded to whole thousands
    shares.lines_native >= 20000
    and not (
        shares.line_share * named.coverage_high <= bounds.share_high + 0.005
        and shares.line_share * named.coverage_low >= bounds.share_low - 0.005
    )
