-- Suppliers of US imports with their material and country.
with

sources as (

    select * from {{ ref('stg_usgs_mcs__import_sources') }}

),

items as (

    select * from {{ ref('int_production__us_items') }}

),

country_codes as (

    select
        code, country_id
    from {{ ref('int_country__codes') }}
    where code_system = 'usgs'

),

editions as (

    select
        source_id, edition, commodity_key, year_to,
        lead(min(known_from_date)) over (
            partition by source_id, commodity_key, year_to
            order by min(known_from_date), edition
        ) as known_to_date
    from sources
    group by source_id, edition, commodity_key, year_to

)

select
    sources.*,
    items.material_id, items.form_id,
    case
        when sources.row_kind in ('other_countries', 'multi_country') then 'NES'
        else coalesce(as_printed.country_id, as_cleaned.country_id, 'UNMAPPED')
    end as country_id,
    lower(sources.detail) like '%total%' or lower(sources.detail) like 'all%' as is_all_forms,
    coalesce(lower(sources.note) like '%includes hong kong%', false) as includes_hk,
    editions.known_to_date
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
