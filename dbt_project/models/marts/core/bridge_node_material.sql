with

materials as (

    select * from {{ ref('stg_reference__ai_node_materials') }}

)

select
    cast(node_id as varchar) as node_id,
    cast(material_id as varchar) as material_id,
    cast(form as varchar) as form,
    cast(is_mineral as boolean) as is_mineral,
    cast(role as varchar) as role,
    cast(hs6_codes as varchar) as product_codes,
    cast(necessity as varchar) as necessity,
    cast(link as varchar) as link,
    cast(basis as varchar) as basis,
    cast(confidence as varchar) as confidence,
    cast(note as varchar) as note,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis
from materials
order by node_id nulls last, material_id nulls last, form nulls last
