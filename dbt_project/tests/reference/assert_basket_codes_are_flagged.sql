{{ config(
    description="811292 holds gallium, germanium, indium, niobium, vanadium and hafnium together: "
        ~ "it is never read as one metal."
) }}
select
    nomenclature, product_code, item_id, stage_id
from {{ ref('bridge_product_material') }}
where product_code = '811292' and not is_basket
