-- One row per bloc, item and period: the source that describes the bloc there, chosen by
-- precedence on the imports of today's members, and used for every membership variant.
with

import_groups as (

    select * from {{ ref('int_dependency__import_groups') }}

)

select
    entity_id as bloc_id,
    item_kind, item_id, stage_id, period_type, period_start_date, period_end_date, year, source_id,
    edition, flow_basis, nomenclature, n_products, product_codes, basket_share, lineage_id
from import_groups
where
    is_preferred
    and entity_id like 'BLOC:%'
    and netting = 'gross'
    and membership_variant = 'as_of_today'
