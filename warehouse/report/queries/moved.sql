-- What moved most for the partnership: shares of countries of concern, newest year, with the bands.
with

changes as (

    select * from marts.headline_change
    where
        mart = 'bloc_dependency' and headline_id = 'concern_share'
        and netting = 'extra' and membership_variant = 'as_of_today' and period_type = 'A'
        and item_kind in ('material', 'good') and headline_change is not null

)

select
    coalesce(goods.good_name, materials.material_name, changes.item_id) as item,
    lower(coalesce(stages.stage_name, changes.stage_id)) as stage,
    year(changes.previous_period_start_date) as previous_year, changes.year,
    changes.headline_from, before.concern_share_low as from_low,
    before.concern_share_high as from_high, changes.headline_to,
    now.concern_share_low as to_low, now.concern_share_high as to_high,
    changes.headline_change, changes.price_part, changes.volume_part, changes.switch_part,
    changes.membership_part, changes.coverage_part, changes.unseparated_part,
    replace(changes.explanation, '_', ' ') as explanation, changes.explanation_detail,
    changes.quality_grade
from changes
inner join marts.bloc_dependency as now
    on
        changes.entity_id = now.bloc_id
        and changes.membership_variant = now.membership_variant
        and changes.item_kind = now.item_kind and changes.item_id = now.item_id
        and changes.stage_id = now.stage_id and changes.period_type = now.period_type
        and changes.period_start_date = now.period_start_date
inner join marts.bloc_dependency as before
    on
        changes.entity_id = before.bloc_id
        and changes.membership_variant = before.membership_variant
        and changes.item_kind = before.item_kind and changes.item_id = before.item_id
        and changes.stage_id = before.stage_id and changes.period_type = before.period_type
        and changes.previous_period_start_date = before.period_start_date
left join marts.dim_material as materials
    on changes.item_kind = 'material' and changes.item_id = materials.material_id
left join marts.dim_good as goods
    on changes.item_kind = 'good' and changes.item_id = goods.good_id
left join marts.dim_stage as stages
    on changes.stage_id = stages.stage_id
where changes.year = (select max(year) from changes)
order by abs(changes.headline_change) desc, item, stage
limit 20
