-- hs_items states in which revisions a code exists, as the United Nations' lists do. Revisions that
-- were not known on the day of the run are not compared.
with

stated as (

    select distinct
        'HS1992' as nomenclature,
        hs6,
        valid_hs1992 as is_stated
    from {{ ref('stg_reference__hs_items') }}
    union
    select distinct
        'HS2012' as nomenclature,
        hs6,
        valid_hs2012 as is_stated
    from {{ ref('stg_reference__hs_items') }}
    union
    select distinct
        'HS2017' as nomenclature,
        hs6,
        valid_hs2017 as is_stated
    from {{ ref('stg_reference__hs_items') }}
    union
    select distinct
        'HS2022' as nomenclature,
        hs6,
        valid_hs2022 as is_stated
    from {{ ref('stg_reference__hs_items') }}

),

listed as (

    select
        nomenclature, product_code
    from {{ ref('stg_un_hs__codes') }}

),

revisions as (

    select distinct nomenclature from listed

)

select
    stated.nomenclature, stated.hs6, stated.is_stated
from stated
inner join revisions on stated.nomenclature = revisions.nomenclature
left join listed on stated.nomenclature = listed.nomenclature and stated.hs6 = listed.product_code
where stated.is_stated <> (listed.product_code is not null)
