with

load_records as (

    select * from {{ source_as_known('run', 'load_records') }}

),

registers as (

    select * from {{ ref('int_run__register_editions') }}

),

landed_editions as (

    select
        source_id, edition,
        min(known_from_date) as known_from_date,
        min(known_from_basis) as known_from_basis,
        max(publisher) as publisher,
        max(title) as title,
        max(licence_id) as licence_id,
        max(redistribution) as redistribution,
        max(attribution) as attribution,
        max({{ utc_timestamp('retrieved_at') }}) as retrieved_at,
        {{ listagg_distinct('access_method', '+') }} as access_method,
        {{ listagg_distinct('url', ' ') }} as url,
        {{ listagg_distinct('payload_sha256', '|') }} as payload_sha256s,
        count(distinct payload_sha256) as n_payloads,
        sum(n_rows) as n_rows
    from load_records
    group by source_id, edition

),

register_editions as (

    select
        source_id,
        cast(known_from_date as varchar) as edition,
        known_from_date,
        'compiled' as known_from_basis,
        'Pax Silica warehouse' as publisher,
        'Curated register: ' || replace(source_id, '_', ' ') as title,
        'Apache-2.0' as licence_id,
        'full' as redistribution,
        'own compilation of public facts; each row names its source' as attribution,
        cast(null as timestamp) as retrieved_at,
        'bundled' as access_method,
        cast(null as varchar) as url,
        cast(null as varchar) as payload_sha256s,
        0 as n_payloads,
        n_rows
    from registers

),

editions as (

    select * from landed_editions
    union all
    select * from register_editions

)

select * from editions
