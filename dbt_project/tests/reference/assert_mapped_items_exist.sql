-- A code of hs_items leads to a material or a good that the dimensions have.
select
    items.hs6, items.item_kind, items.item_id
from {{ ref('stg_reference__hs_items') }} as items
left join {{ ref('dim_material') }} as materials
    on items.item_kind = 'material' and items.item_id = materials.material_id
left join {{ ref('dim_good') }} as goods
    on items.item_kind = 'good' and items.item_id = goods.good_id
where materials.material_id is null and goods.good_id is null
