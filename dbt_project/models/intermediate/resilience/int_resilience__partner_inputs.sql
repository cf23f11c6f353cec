-- One row per item and partner, and per item for the partnership (BLOC:PAX_SILICA): what the base of
-- its scenarios was measured on.
with

flows as (

    select * from {{ ref('supply_flow') }}

),

entities as (

    select
        *,
        importer_id as entity_id
    from flows
    union all
    select
        *,
        'BLOC:PAX_SILICA' as entity_id
    from flows

)

select
    item_kind, item_id, stage_id, entity_id,
    min(base_year) as base_year,
    min(quantity_unit) as quantity_unit,
    min(qty_basis) as qty_basis,
    case when count(distinct demand_basis) > 1 then 'mixed' else min(demand_basis) end
        as demand_basis,
    sum(round(coalesce(basket_share, 0) * value_usd)) / nullif(sum(round(value_usd)), 0)
        as basket_share,
    sum(round(coverage_share * value_usd)) / nullif(sum(round(value_usd)), 0) as coverage_share,
    max(quality_grade) as quality_grade,
    case when count(distinct source_id) = 1 then min(source_id) else 'combined' end as source_id,
    case when count(distinct edition) = 1 then min(edition) else 'combined' end as edition,
    {{ lineage_of('lineage_id') }} as lineage_id
from entities
group by item_kind, item_id, stage_id, entity_id
