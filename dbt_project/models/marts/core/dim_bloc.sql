with

blocs as (

    select * from {{ ref('stg_reference__blocs') }}

)

select
    cast(bloc_id as varchar) as bloc_id,
    cast(bloc_name as varchar) as bloc_name,
    cast(bloc_kind as varchar) as bloc_kind,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis,
    cast(note as varchar) as note
from blocs
order by bloc_id nulls last
