with

editions as (

    select * from {{ ref('int_run__source_editions') }}

),

-- editions of one day have one successor: two documents of a day do not replace each other
known_days as (

    select
        source_id, known_from_date,
        lead(known_from_date) over (
            partition by source_id order by known_from_date
        ) as known_to_date
    from (select distinct source_id, known_from_date from editions) as days

)

select
    cast(editions.source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(editions.known_from_date as date) as known_from_date,
    cast(known_from_basis as varchar) as known_from_basis,
    cast(known_days.known_to_date as date) as known_to_date,
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
    cast({{ lineage_part('editions.source_id', 'edition') }} as varchar) as lineage_id
from editions
left join known_days
    on
        editions.source_id = known_days.source_id
        and editions.known_from_date = known_days.known_from_date
order by editions.source_id nulls last, editions.known_from_date nulls last, edition nulls last
