with

seed as (

    select * from {{ ref('hs_items') }}

)

select
    hs6, item_kind, item_id, stage_label, form, exclusivity, content_factor, content_basis,
    valid_hs1992, valid_hs2007, valid_hs2012, valid_hs2017, valid_hs2022, confidence, note
from seed
