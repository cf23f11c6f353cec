-- One row per exporter and importer: what freight and trade between them depend on, in our ids.
-- Where two codes stand for one country the one that CEPII has itself wins.
with

codes as (

    select * from {{ ref('int_country__codes') }} where code_system = 'cepii_geodist'

),

coasts as (

    select
        codes.country_id,
        min(case when countries.is_landlocked then 1 else 0 end) = 1 as is_landlocked
    from {{ ref('stg_cepii_geodist__countries') }} as countries
    inner join codes
        on countries.country_code = codes.code
    group by codes.country_id

),

pairs as (

    select
        origins.country_id as exporter_id,
        destinations.country_id as importer_id,
        pairs.distance_km, pairs.weighted_distance_km, pairs.is_contiguous,
        pairs.has_common_language, pairs.is_colonial, pairs.is_computed, pairs.edition,
        pairs.known_from_date,
        row_number() over (
            partition by origins.country_id, destinations.country_id
            order by pairs.edition desc, pairs.is_computed, pairs.distance_km, pairs.origin_code
        ) as place
    from {{ ref('stg_cepii_geodist__pairs') }} as pairs
    inner join codes as origins
        on pairs.origin_code = origins.code
    inner join codes as destinations
        on pairs.destination_code = destinations.code

)

select
    pairs.exporter_id, pairs.importer_id, pairs.distance_km, pairs.weighted_distance_km,
    pairs.is_contiguous, pairs.has_common_language, pairs.is_colonial,
    origin_coast.is_landlocked as exporter_is_landlocked,
    destination_coast.is_landlocked as importer_is_landlocked,
    pairs.is_computed, pairs.edition, pairs.known_from_date
from pairs
left join coasts as origin_coast
    on pairs.exporter_id = origin_coast.country_id
left join coasts as destination_coast
    on pairs.importer_id = destination_coast.country_id
where pairs.place = 1
