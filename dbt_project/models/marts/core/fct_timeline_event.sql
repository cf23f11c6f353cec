with

timeline as (

    select * from {{ ref('stg_registers__timeline') }}

)

select
    cast(timeline_id as varchar) as timeline_id,
    cast(event_date as date) as event_date,
    cast(date_precision as varchar) as date_precision,
    cast(kind as varchar) as kind,
    cast(title as varchar) as title,
    cast(country_ids as varchar) as country_ids,
    cast({{ n_parts('country_ids') }} as integer) as n_countries,
    cast(source_title as varchar) as source_title,
    cast(source_url as varchar) as source_url,
    cast(confidence as varchar) as confidence,
    cast(note as varchar) as note,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis,
    cast('timeline' as varchar) as source_id,
    cast({{ register_lineage('timeline') }} as varchar) as lineage_id
from timeline
order by event_date nulls last, timeline_id nulls last
