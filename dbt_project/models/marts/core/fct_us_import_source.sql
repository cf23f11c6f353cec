with

sources as (

    select * from {{ ref('stg_usgs_mcs__import_sources') }}

),

items as (

    select * from {{ ref('int_production__us_items') }}

),

country_codes as (

    select
        code,
        country_id
    from {{ ref('int_country__codes') }}
    where code_system = 'usgs'

),

editions as (

    select
        source_id,
        edition,
        commodity_key,
        year_to,
        lead(min(known_from_date)) over (
            partition by source_id, commodity_key, year_to
            order by min(known_from_date), edition
        ) as known_to_date
    from sources
    group by source_id, edition, commodity_key, year_to

)

select
    cast(sources.source_id as varchar) as source_id,
    cast(sources.edition as varchar) as edition,
    cast(sources.commodity_key as varchar) as commodity,
    cast(items.material_id as varchar) as material_id,
    cast(sources.detail as varchar) as detail,
    cast(items.form_id as varchar) as form_id,
    cast(case
        when sources.row_kind in ('other_countries', 'multi_country') then 'NES'
        else coalesce(as_printed.country_id, as_cleaned.country_id, 'UNMAPPED')
    end as varchar) as country_id,
    cast(sources.row_kind as varchar) as row_kind,
    cast(sources.country_text as varchar) as country_text,
    cast(sources.year_from as integer) as year_from,
    cast(sources.year_to as integer) as year_to,
    cast(sources.import_share as double) as import_share,
    cast(sources.import_share_low as double) as import_share_low,
    cast(sources.import_share_high as double) as import_share_high,
    cast(sources.value_operator as varchar) as value_operator,
    cast(sources.value_status as varchar) as value_status,
    cast(
        lower(sources.detail) like '%total%' or lower(sources.detail) like 'all%' as boolean
    ) as is_all_forms,
    cast(
        coalesce(lower(sources.note) like '%includes hong kong%', false) as boolean
    ) as includes_hk,
    cast(sources.note as varchar) as note,
    cast(sources.known_from_date as date) as known_from_date,
    cast(editions.known_to_date as date) as known_to_date,
    cast({{ lineage_part('sources.source_id', 'sources.edition') }} as varchar) as lineage_id
from sources
inner join items
    on
        sources.commodity_key = items.commodity_key
        and sources.detail = items.detail
inner join editions
    on
        sources.source_id = editions.source_id
        and sources.edition = editions.edition
        and sources.commodity_key = editions.commodity_key
        and sources.year_to = editions.year_to
left join country_codes as as_printed on sources.country_text = as_printed.code
left join country_codes as as_cleaned on sources.country_name = as_cleaned.code
