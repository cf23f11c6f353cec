-- One row per bloc, item and period: what the imports of today's members are measured on, which
-- describes every membership variant.
{{ config(tags=['spark']) }}

with

import_groups as (

    select * from {{ ref('int_dependency__import_groups') }}

)

select
    entity_id as bloc_id,
    item_kind, item_id, stage_id, period_type, period_start_date, period_end_date, year, source_id,
    source_ids, edition, flow_basis, bases, nomenclature, n_products, product_codes, basket_share,
    coverage_share, filing_coverage_share, missing_reason, lineage_id
from import_groups
where
    entity_id like 'BLOC:%'
    and netting = 'gross'
    and membership_variant = 'as_of_today'
