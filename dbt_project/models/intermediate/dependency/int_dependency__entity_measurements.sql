-- One row per entity, membership variant, item and period: on which codes, from which sources and on
-- which basis the imports of a country or bloc are measured, and how much of its trade that is.
-- `code_sources` tells which source and basis each code is from, for a bloc by how many members.
{{ config(tags=['spark']) }}
{% set columns = [
    'item_kind', 'item_id', 'stage_id', 'period_type', 'period_start_date', 'period_end_date', 'year',
    'source_ids', 'editions_text', 'nomenclature', 'bases', 'product_codes', 'n_products',
    'n_products_mapped', 'denominator_scope', 'is_complete', 'is_truncated',
    'has_supplier_reports', 'coverage_share', 'coverage_method', 'known_from_date', 'lineage_id',
    'preferred_reason',
] %}
with

thresholds as (

    select threshold as min_reporting_members
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'bloc_min_reporting_members'

),

countries as (

    select
        importer_id as entity_id,
        'none' as membership_variant,
        cast(null as integer) as n_members,
        cast(null as integer) as n_members_reporting,
        code_sources,
        {{ columns | join(', ') }}
    from {{ ref('int_trade__item_measurements') }}

),

-- a single reporting member describes that member, not the bloc
blocs as (

    select
        bloc_id as entity_id,
        membership_variant, n_members, n_members_reporting,
        code_sources,
        {{ columns | join(', ') }}
    from {{ ref('int_dependency__bloc_coverage') }}
    cross join thresholds
    where
        membership_variant in ('as_of_today', 'as_of_period')
        and n_members_reporting >= thresholds.min_reporting_members
        and source_ids is not null

),

entities as (

    select * from countries
    union all
    select * from blocs

)

select
    entities.*,
    case when contains(source_ids, '|') then 'combined' else source_ids end as source_id,
    case when contains(editions_text, '|') then 'combined' else editions_text end as edition,
    case when contains(bases, '|') then 'reconciled_fob' else bases end as flow_basis
from entities
