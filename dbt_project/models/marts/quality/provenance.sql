with

inputs as (

    select * from {{ ref('int_quality__mart_inputs') }}

),

payloads as (

    select * from {{ ref('int_quality__payloads') }}

)

select
    cast(inputs.mart as varchar) as mart,
    cast({{ lineage_part('payloads.source_id', 'payloads.edition') }} as varchar) as lineage_id,
    cast(payloads.payload_sha256 as varchar) as payload_sha256,
    cast(payloads.source_id as varchar) as source_id,
    cast(payloads.edition as varchar) as edition,
    cast(payloads.title as varchar) as title,
    cast(payloads.publisher as varchar) as publisher,
    cast(payloads.file_name as varchar) as file_name,
    cast(payloads.url as varchar) as url,
    cast(payloads.retrieved_at as timestamp) as retrieved_at,
    cast(payloads.access_method as varchar) as access_method,
    cast(payloads.known_from_date as date) as known_from_date,
    cast(payloads.known_from_basis as varchar) as known_from_basis,
    cast(payloads.licence_id as varchar) as licence_id,
    cast(payloads.redistribution as varchar) as redistribution,
    cast(payloads.attribution as varchar) as attribution,
    cast(payloads.payload_bytes as bigint) as payload_bytes,
    cast(payloads.n_rows as bigint) as n_rows,
    cast(payloads.parser_version as varchar) as parser_version
from inputs
inner join payloads
    on inputs.source_id = payloads.source_id
