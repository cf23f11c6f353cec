-- Imports of the partnership as one importer from the four largest suppliers of a material, by stage
-- and year.
with

flows as (

    select
        item_id, stage_id, supplier_id, year, value_usd, value_share, is_concern, quality_grade,
        max(basket_share) over (partition by item_id, stage_id) > 0 as is_basket
    from marts.supplier_share
    where
        entity_id = 'BLOC:PAX_SILICA' and membership_variant = 'as_of_today' and netting = 'extra'
        and period_type = 'A' and is_preferred and not is_reimport and item_kind = 'material'
        and value_usd > 0 and supplier_id not in ('NES', 'SPECIAL', 'UNMAPPED')

),

sizes as (

    select item_id, stage_id, supplier_id, sum(value_usd) as value_usd
    from flows
    group by item_id, stage_id, supplier_id

),

places as (

    select
        item_id, stage_id, supplier_id,
        row_number() over (
            partition by item_id, stage_id order by value_usd desc, supplier_id
        ) as place
    from sizes

)

select
    flows.item_id as key,
    stages.stage_name || case when flows.is_basket then ' *' else '' end as item,
    coalesce(countries.country_name, flows.supplier_id) as label, flows.year,
    flows.value_usd as imports_usd, round(flows.value_share, 5) as supplier_share,
    flows.is_concern as is_country_of_concern, flows.quality_grade as grade
from flows
inner join places
    on
        flows.item_id = places.item_id
        and flows.stage_id = places.stage_id
        and flows.supplier_id = places.supplier_id
        and places.place <= 4
inner join marts.dim_stage as stages
    on flows.stage_id = stages.stage_id
left join marts.dim_country as countries
    on flows.supplier_id = countries.country_id
order by key, stages.stage_order, item, places.place, flows.year
