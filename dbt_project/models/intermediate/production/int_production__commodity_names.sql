-- One row per commodity as landed or as the seeds know it, and name that it goes by: its own, that
-- of its chapter in the US tables, and those that the register of materials has. The names of the
-- older files are the first five letters: commodities that share them are candidates for being the
-- same, and their labels decide.
with

minerals as (

    select
        lower(usgs_mcs_slug) as slug,
        lower(usgs_mcs2025_commodity) as commodity,
        lower(usgs_mcs2026_chapter) as chapter
    from {{ ref('stg_reference__minerals') }}

),

registered as (

    select
        slug as commodity_key,
        commodity as name
    from minerals
    union
    select slug, chapter from minerals
    union
    select commodity, chapter from minerals
    union
    select commodity, slug from minerals
    union
    select chapter, slug from minerals
    union
    select chapter, commodity from minerals

),

names as (

    select
        commodity_key,
        commodity_key as name
    from {{ ref('stg_usgs_mcs__world') }}
    union
    select commodity_key, lower(chapter) from {{ ref('stg_usgs_mcs__world') }}
    union
    select commodity_key, commodity_key as name from {{ ref('usgs_series') }}
    union
    select commodity_key, commodity_key as name from {{ ref('usgs_commodities') }}
    union
    -- older editions name a file by five letters, and state the commodity in the table
    select commodity_key, lower(commodity) from {{ ref('stg_usgs_mcs__salient') }}
    union
    select commodity_key, lower(commodity) from {{ ref('stg_usgs_mcs__import_sources') }}
    union
    select commodity_key, commodity_key as name from {{ ref('stg_usgs_mcs__front_matter') }}
    where table_id = 'import_reliance'
    union
    select commodity_key, short_name from {{ ref('stg_usgs_mcs__front_matter') }}
    where table_id = 'import_reliance'
    union
    select commodity_key, name from registered

)

select distinct
    commodity_key,
    {{ label_words('name') }} as name_words,
    substr(regexp_replace(name, '[^a-z]', '', 'g'), 1, 5) as name_beginning
from names
where commodity_key is not null and name is not null
