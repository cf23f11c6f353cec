-- One row per nomenclature and product code: the code under which the same goods are compared over
-- revisions of the HS, the code of HS2017 where the concordance has one.
with

traded as (

    select distinct
        nomenclature, product_code
    from {{ ref('int_trade__import_flows') }}

),

mapped as (

    select distinct
        nomenclature, product_code
    from {{ ref('int_reference__product_items') }}

),

codes as (

    select * from traded
    union
    select * from mapped

),

conversions as (

    select * from {{ ref('stg_un_hs__conversions') }} where to_nomenclature = 'HS2017'

)

select
    codes.nomenclature, codes.product_code,
    min(coalesce(conversions.to_code, codes.product_code)) as series_code
from codes
left join conversions
    on
        codes.nomenclature = conversions.from_nomenclature
        and codes.product_code = conversions.from_code
group by codes.nomenclature, codes.product_code
