{{ config(
    severity='warn',
    description="A pair is as far apart in both directions; otherwise columns were mixed up."
) }}
with

pairs as (

    select * from {{ ref('stg_cepii_geodist__pairs') }}

)

select
    there.origin_code, there.destination_code, there.distance_km,
    back.distance_km as distance_back_km
from pairs as there
inner join pairs as back
    on
        there.edition = back.edition
        and there.origin_code = back.destination_code
        and there.destination_code = back.origin_code
where
    abs(there.distance_km - back.distance_km) > 2
    or there.is_contiguous <> back.is_contiguous
