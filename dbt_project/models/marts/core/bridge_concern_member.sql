with

members as (

    select * from {{ ref('stg_registers__concern_members') }}

)

select
    cast(list_id as varchar) as list_id,
    cast(country_id as varchar) as country_id,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis,
    cast(source_title as varchar) as source_title,
    cast(source_url as varchar) as source_url,
    cast(note as varchar) as note
from members
order by list_id nulls last, country_id nulls last, valid_from nulls last
