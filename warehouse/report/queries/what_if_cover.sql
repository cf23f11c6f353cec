-- How much of a member's shortage another member could cover alone, and covers in the joint plan.
select
    cover.scenario_id as key, short.country_name || ' from ' || givers.country_name as label,
    coalesce(goods.good_name, materials.material_name, cover.item_id) as item,
    lower(coalesce(stages.stage_name, cover.stage_id)) as stage, cover.quantity_unit as unit,
    cover.shortage_alone_quantity as shortage_without_sharing,
    cover.joint_cover_quantity as covered_in_one_plan, cover.cover_share,
    cover.max_cover_quantity as could_cover_alone, cover.limited_by, cover.quality_grade
from marts.mutual_cover as cover
left join marts.dim_country as short
    on cover.short_member_id = short.country_id
left join marts.dim_country as givers
    on cover.covering_id = givers.country_id
left join marts.dim_material as materials
    on cover.item_kind = 'material' and cover.item_id = materials.material_id
left join marts.dim_good as goods
    on cover.item_kind = 'good' and cover.item_id = goods.good_id
left join marts.dim_stage as stages
    on cover.stage_id = stages.stage_id
where
    cover.policy = 'sharing' and cover.joint_cover_quantity > 0.5
order by
    key, item, stage, cover.shortage_alone_quantity desc, cover.short_member_id,
    cover.joint_cover_quantity desc, cover.covering_id
