with

lists as (

    select * from {{ ref('stg_registers__concern_lists') }}

)

select
    cast(list_id as varchar) as list_id,
    cast(list_name as varchar) as list_name,
    cast(issuer_id as varchar) as issuer_id,
    cast(legal_basis as varchar) as legal_basis,
    cast(is_headline as boolean) as is_headline,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis,
    cast(source_title as varchar) as source_title,
    cast(source_url as varchar) as source_url,
    cast(note as varchar) as note
from lists
order by list_id nulls last
