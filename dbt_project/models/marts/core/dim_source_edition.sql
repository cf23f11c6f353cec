with

editions as (

    select * from {{ ref('int_run__source_editions') }}

)

select
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis,
    cast(
        lead(known_from_date) over (partition by source_id order by known_from_date, edition)
        as date
    ) as known_to_date,
    cast(publisher as varchar) as publisher,
    cast(title as varchar) as title,
    cast(licence_id as varchar) as licence_id,
    cast(redistribution as varchar) as redistribution,
    cast(attribution as varchar) as attribution,
    cast(retrieved_at as timestamp) as retrieved_at,
    cast(access_method as varchar) as access_method,
    cast(url as varchar) as url,
    cast(payload_sha256s as varchar) as payload_sha256s,
    cast(n_payloads as integer) as n_payloads,
    cast(n_rows as bigint) as n_rows,
    cast({{ lineage_part('source_id', 'edition') }} as varchar) as lineage_id
from editions
order by source_id nulls last, known_from_date nulls last, edition nulls last
