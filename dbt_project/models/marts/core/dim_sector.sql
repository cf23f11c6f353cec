with

sectors as (

    select * from {{ ref('stg_reference__sectors') }}

)

select
    cast(sector_id as varchar) as sector_id,
    cast(sector_name as varchar) as sector_name,
    cast(sector_order as integer) as sector_order,
    cast(timeline_id as varchar) as timeline_id,
    cast(source_title as varchar) as source_title,
    cast(source_url as varchar) as source_url,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis
from sectors
order by sector_order nulls last
