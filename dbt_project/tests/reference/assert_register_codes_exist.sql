-- A register's HS6 code exists in a revision, or the register is wrong. Later revisions than the
-- day of the run knows may hold it: only a run that knows HS2022 is asked.
select
    products.event_id,
    products.product_code
from {{ ref('bridge_policy_event_product') }} as products
where
    not products.is_in_hs2017
    and not products.is_in_hs2022
    and exists (select 1 from {{ ref('stg_un_hs__codes') }} where nomenclature = 'HS2022')
