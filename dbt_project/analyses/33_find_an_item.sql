-- Under which names and codes is tungsten in the warehouse?
select item_kind, item_id, item_name, stage_id, is_basket
from marts.dim_item
where contains(lower(item_name), 'tungsten')
order by item_kind, item_id
