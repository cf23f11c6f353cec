with

landed as (

    select * from {{ source_as_known('cepii_geodist', 'pairs') }}

)

select
    edition, origin_code, destination_code, distance_km, capital_distance_km, weighted_distance_km,
    is_contiguous, has_common_language, is_colonial, is_computed, known_from_date, payload_sha256,
    row_locator
from landed
