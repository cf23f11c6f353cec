-- The least shares of all materials of one code add up to one at most. Elements are part of
-- their group (cerium of the rare earths) and are not added to it.
select
    map.nomenclature, map.product_code,
    sum(map.material_value_share_low) as total_low
from {{ ref('bridge_product_material') }} as map
inner join {{ ref('dim_material') }} as materials
    on map.item_id = materials.material_id
where map.item_kind = 'material' and materials.parent_material_id is null
group by map.nomenclature, map.product_code
having sum(map.material_value_share_low) > 1 + 1e-9
