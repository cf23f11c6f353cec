-- Materials, by name.
select material_id as key, material_name as label
from marts.dim_material
order by material_name
