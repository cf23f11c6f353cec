{{ config(
    severity='warn',
    description="Every code of BACI's flows stands for an item in its revision, or is in the list of "
        ~ "codes without one; one row of a seed repairs each."
) }}
with

flows as (

    select distinct
        nomenclature, product_code
    from {{ ref('stg_cepii_baci__flows') }}

),

items as (

    select distinct
        nomenclature, product_code
    from {{ ref('int_reference__product_items') }}

),

without_item as (

    select hs6 from {{ ref('stg_reference__hs_codes_without_item') }}

)

select
    flows.nomenclature, flows.product_code,
    items.product_code is not null as has_item
from flows
left join items
    on
        flows.nomenclature = items.nomenclature
        and flows.product_code = items.product_code
left join without_item
    on flows.product_code = without_item.hs6
where (items.product_code is null) = (without_item.hs6 is null)
