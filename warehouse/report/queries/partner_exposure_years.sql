-- Share of a member's imports under controls of countries of concern, quarter by quarter, of the
-- six items most exposed in the end. Single items only; a base of imports may change within a line.
with

exposures as (

    select * from marts.control_exposure
    where
        is_headline and path = 'direct' and netting = 'gross' and membership_variant = 'none'
        and item_kind in ('material', 'good') and basket_share = 0
        and as_of_date >= date '2023-01-01'

),

items as (

    select
        entity_id, item_kind, item_id, stage_id,
        row_number() over (
            partition by entity_id
            order by exposed_usd_high desc nulls last, item_kind, item_id, stage_id
        ) as place
    from exposures
    where is_as_of_date and exposure_share_high > 0 and n_active_clauses > 0

)

select
    exposures.entity_id as key,
    coalesce(goods.good_name, materials.material_name) || ', ' || lower(stages.stage_name) as item,
    'under controls in force' as label, exposures.as_of_date,
    exposures.exposure_share_best, exposures.exposure_share_low, exposures.exposure_share_high,
    exposures.n_active_clauses, exposures.base_years
from exposures
inner join items
    on
        exposures.entity_id = items.entity_id
        and exposures.item_kind = items.item_kind
        and exposures.item_id = items.item_id
        and exposures.stage_id = items.stage_id
        and items.place <= 6
inner join marts.dim_country as members
    on
        exposures.entity_id = members.country_id
        and members.party_status = 'signatory' and members.country_kind <> 'institution'
inner join marts.dim_stage as stages
    on exposures.stage_id = stages.stage_id
left join marts.dim_material as materials
    on exposures.item_kind = 'material' and exposures.item_id = materials.material_id
left join marts.dim_good as goods
    on exposures.item_kind = 'good' and exposures.item_id = goods.good_id
where exposures.exposure_share_high is not null
order by key, items.place, exposures.as_of_date
