-- The payloads behind every edition known on the run's day. A curated register is its own
-- payload: it is part of this project, and its edition names the state of the file.
with

load_records as (

    select * from {{ source_as_known('run', 'load_records') }}

),

editions as (

    select * from {{ ref('dim_source_edition') }}

),

landed as (

    select
        source_id, edition, payload_sha256,
        min(file_name) as file_name,
        min(url) as url,
        min(retrieved_at) as retrieved_at,
        min(access_method) as access_method,
        min(parser_version) as parser_version,
        max(payload_bytes) as payload_bytes,
        sum(n_rows) as n_rows
    from load_records
    group by source_id, edition, payload_sha256

)

select
    editions.source_id, editions.edition, editions.title, editions.publisher,
    editions.licence_id, editions.redistribution, editions.attribution,
    editions.known_from_date, editions.known_from_basis,
    coalesce(landed.payload_sha256, 'none') as payload_sha256,
    coalesce(landed.file_name, editions.source_id || '.csv') as file_name,
    coalesce(landed.url, editions.url) as url,
    coalesce(landed.retrieved_at, editions.retrieved_at) as retrieved_at,
    coalesce(landed.access_method, editions.access_method) as access_method,
    landed.parser_version, landed.payload_bytes,
    coalesce(landed.n_rows, editions.n_rows) as n_rows
from editions
left join landed
    on
        editions.source_id = landed.source_id
        and editions.edition = landed.edition
