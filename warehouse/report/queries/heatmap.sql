-- One row per signatory (and the bloc as one importer), item and stage: the share of its imports
-- from countries of concern in the freshest year whose flows are complete.
with

dependency as (

    select * from marts.partner_dependency
    where period_type = 'A' and item_kind in ('material', 'good')

),

signatories as (

    select distinct country_id as entity_id
    from marts.bridge_bloc_membership
    cross join marts.publish_info as release
    where
        bloc_id = 'BLOC:PAX_SILICA'
        and membership_type = 'signatory'
        and party_kind = 'country'
        and known_to_date is null
        and valid_from <= release.as_of_date
        and (valid_to is null or valid_to > release.as_of_date)

    union all

    select 'BLOC:PAX_SILICA' as entity_id

),

-- the bloc without the trade among its members; a country has no such trade to take away
one_reading as (

    select
        *,
        row_number() over (
            partition by entity_id, item_kind, item_id, stage_id, period_start_date
            order by
                case netting when 'extra' then 0 when 'none' then 1 else 2 end,
                case membership_variant when 'as_of_today' then 0 else 1 end,
                membership_variant
        ) as reading
    from dependency
    where
        membership_variant not like 'candidate:%'
        and entity_id in (select entity_id from signatories)

),

freshest as (

    select max(period_start_date) as period_start_date
    from one_reading
    where concern_share is not null and quality_flags not like '%truncated%'

),

chosen as (

    select one_reading.*
    from one_reading
    inner join freshest on one_reading.period_start_date = freshest.period_start_date
    where one_reading.reading = 1

),

materials as (

    select
        'material' as item_kind,
        material_id as item_id,
        material_name as item_name
    from marts.dim_material

    union all

    select
        'good' as item_kind,
        good_id as item_id,
        good_name as item_name
    from marts.dim_good

)

select
    chosen.entity_id,
    chosen.item_kind,
    chosen.item_id,
    coalesce(materials.item_name, chosen.item_id) as item_name,
    chosen.product_codes,
    chosen.stage_id,
    coalesce(stages.stage_name, chosen.stage_id) as stage_name,
    cast(extract(year from chosen.period_start_date) as integer) as year,
    chosen.imports_usd,
    chosen.concern_share,
    chosen.concern_share_low,
    chosen.concern_share_high,
    chosen.supplier_hhi,
    chosen.top_supplier_id,
    chosen.top_supplier_share,
    chosen.basket_share,
    chosen.quality_grade,
    chosen.quality_flags,
    chosen.source_id,
    chosen.edition,
    chosen.flow_basis,
    chosen.denominator_scope
from chosen
left join materials
    on
        chosen.item_kind = materials.item_kind
        and chosen.item_id = materials.item_id
left join marts.dim_stage as stages on chosen.stage_id = stages.stage_id
order by chosen.item_kind desc, item_name asc, stages.stage_order asc nulls last, chosen.entity_id asc
