-- One row per headline cell (a row and a measure of partner_dependency or bloc_dependency) that has
-- the same cell a year earlier, with both values and why the two are not measured alike.
-- noqa: disable=LT02
{% set cell = [
    'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id', 'stage_id', 'period_type',
] %}
with

partner_cells as (

    select
        'partner_dependency' as mart,
        {{ cell | join(', ') }},
        period_start_date, year, imports_usd, concern_share, top_supplier_share, supplier_hhi,
        source_ids, bases, product_codes, denominator_scope, n_members, n_members_reporting,
        quality_grade, quality_flags, source_id, edition, coverage_share,
        filing_coverage_share, lineage_id
    from {{ ref('partner_dependency') }}

),

bloc_cells as (

    select
        'bloc_dependency' as mart,
        bloc_id as entity_id,
        'extra' as netting,
        membership_variant, item_kind, item_id, stage_id, period_type, period_start_date, year,
        extra_imports_usd as imports_usd,
        concern_share,
        cast(null as double) as top_supplier_share,
        supplier_hhi, source_ids, bases, product_codes,
        cast(null as varchar) as denominator_scope,
        n_members, n_members_reporting, quality_grade, quality_flags, source_id, edition,
        coverage_share, filing_coverage_share, lineage_id
    from {{ ref('bloc_dependency') }}

),

rows_of_marts as (

    select * from partner_cells
    union all
    select * from bloc_cells

),

pairs as (

    select
        later.*,
        earlier.period_start_date as previous_period_start_date,
        earlier.imports_usd as previous_imports_usd,
        earlier.concern_share as previous_concern_share,
        earlier.top_supplier_share as previous_top_supplier_share,
        earlier.supplier_hhi as previous_supplier_hhi,
        earlier.source_ids as previous_source_ids,
        earlier.lineage_id as previous_lineage_id,
        case
            when coalesce(later.source_ids, '') <> coalesce(earlier.source_ids, '') then 'other sources'
            when coalesce(later.product_codes, '') <> coalesce(earlier.product_codes, '') then 'other codes'
            when coalesce(later.bases, '') <> coalesce(earlier.bases, '') then 'another basis'
            when coalesce(later.denominator_scope, '') <> coalesce(earlier.denominator_scope, '')
                then 'another denominator'
            -- a candidate's bloc has no flag of its own
            when
                coalesce(later.n_members, -1) = coalesce(earlier.n_members, -1)
                and coalesce(later.coverage_share, -1) <> coalesce(earlier.coverage_share, -1)
                then 'another coverage'
            when '|' || later.quality_flags || '|' like '%|series_break|%' then 'a break of the series'
        end as coverage_reason,
        case
            when coalesce(later.n_members, -1) <> coalesce(earlier.n_members, -1) then 'other members'
            when coalesce(later.n_members_reporting, -1) <> coalesce(earlier.n_members_reporting, -1)
                then 'other members report'
        end as membership_reason
    from rows_of_marts as later
    inner join rows_of_marts as earlier
        on
            later.mart = earlier.mart
            {% for column in cell -%}
            and later.{{ column }} = earlier.{{ column }}
            {% endfor -%}
            and later.period_start_date
            = cast({{ dbt.dateadd('year', 1, 'earlier.period_start_date') }} as date)

)

select * from pairs
