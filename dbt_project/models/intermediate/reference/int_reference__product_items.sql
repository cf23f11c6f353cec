with

items as (

    select * from {{ ref('stg_reference__hs_items') }}

),

stage_of_label as (

    select * from {{ ref('int_reference__stage_mapping') }}
    where source_id = 'hs_items'

),

by_nomenclature as (

    select
        'HS1992' as nomenclature,
        *
    from items where valid_hs1992
    union all
    select
        'HS2012' as nomenclature,
        *
    from items where valid_hs2012
    union all
    select
        'HS2017' as nomenclature,
        *
    from items where valid_hs2017
    union all
    select
        'HS2022' as nomenclature,
        *
    from items where valid_hs2022

)

select
    by_nomenclature.nomenclature,
    by_nomenclature.hs6 as product_code,
    by_nomenclature.item_kind, by_nomenclature.item_id, stage_of_label.stage_id,
    by_nomenclature.form, by_nomenclature.exclusivity, by_nomenclature.content_factor,
    by_nomenclature.content_basis, by_nomenclature.confidence, by_nomenclature.note
from by_nomenclature
left join stage_of_label
    on
        by_nomenclature.item_id = stage_of_label.item_id
        and by_nomenclature.stage_label = stage_of_label.label
