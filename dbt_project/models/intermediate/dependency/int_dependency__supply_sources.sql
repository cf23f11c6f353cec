-- One row per scope, material, stage, year and supplier: what stands to be lost. The world's
-- supply is production in the latest edition, by quantity; an entity's is its imports, by value.
-- Suppliers are ranked among those with a name: nobody can take away "other countries".
-- noqa: disable=LT02
with

production as (

    select * from {{ ref('production_share') }}
    where denominator = 'sum_rows' and is_latest_edition and quantity > 0

),

imports as (

    select * from {{ ref('supplier_share') }}
    where
        item_kind = 'material'
        and period_type = 'A'
        and value_share > 0

),

tags as (

    select * from {{ ref('int_dependency__supplier_tags') }}
    where membership_variant = 'none'

),

sources as (

    select
        'world' as scope,
        'gross' as netting,
        'none' as membership_variant,
        production.material_id, production.stage_id, production.year, production.source_id,
        production.edition,
        production.qty_basis as basis,
        production.country_id as supplier_id,
        production.row_kind = 'country' as is_named,
        production.production_share as supply_share,
        case when production.quantity_unit = 't' then production.quantity end as supply_t,
        tags.is_concern,
        coalesce(tags.is_member, false) as is_member,
        cast(0 as double) as basket_share,
        production.quality_flags, production.lineage_id
    from production
    left join tags
        on
            production.country_id = tags.supplier_id
            and cast(concat(cast(production.year as varchar), '-12-31') as date)
            = tags.period_end_date

    union all

    select
        entity_id as scope,
        netting, membership_variant,
        item_id as material_id,
        stage_id, year, source_id, edition,
        flow_basis as basis,
        supplier_id,
        supplier_id not in ('NES', 'SPECIAL', 'UNMAPPED') as is_named,
        value_share as supply_share,
        cast(null as double) as supply_t,
        is_concern,
        false as is_member,
        basket_share, quality_flags, lineage_id
    from imports

)

select
    *,
    case
        when is_named then row_number() over (
            partition by scope, netting, membership_variant, material_id, stage_id, year, is_named
            order by supply_share desc nulls last, supplier_id asc
        )
    end as supplier_rank
from sources
