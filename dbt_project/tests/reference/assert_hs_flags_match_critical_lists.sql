-- hs_items says in which revisions a code exists; the United Nations' lists know better.
-- Revisions that were not known on the day of the run are not asked.
with

said as (

    select distinct
        'HS2012' as nomenclature,
        hs6,
        valid_hs2012 as is_said
    from {{ ref('stg_reference__hs_items') }}
    union
    select distinct
        'HS2017' as nomenclature,
        hs6,
        valid_hs2017 as is_said
    from {{ ref('stg_reference__hs_items') }}
    union
    select distinct
        'HS2022' as nomenclature,
        hs6,
        valid_hs2022 as is_said
    from {{ ref('stg_reference__hs_items') }}

),

listed as (

    select
        nomenclature,
        product_code
    from {{ ref('stg_un_hs__codes') }}

),

revisions as (

    select distinct nomenclature from listed

)

select
    said.nomenclature,
    said.hs6,
    said.is_said
from said
inner join revisions on said.nomenclature = revisions.nomenclature
left join listed on said.nomenclature = listed.nomenclature and said.hs6 = listed.product_code
where said.is_said <> (listed.product_code is not null)
