-- A register's HS6 code exists in a revision, or the register is wrong. A revision that was not yet
-- known on the day of the run may have it: only runs with HS2022 are checked.
select
    products.event_id, products.product_code
from {{ ref('bridge_policy_event_product') }} as products
where
    not products.is_in_hs2017
    and not products.is_in_hs2022
    and exists (select 1 from {{ ref('stg_un_hs__codes') }} where nomenclature = 'HS2022')
