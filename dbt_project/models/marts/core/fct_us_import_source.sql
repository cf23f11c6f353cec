with

suppliers as (

    select * from {{ ref('int_production__us_import_sources') }}

)

select
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(commodity_key as varchar) as commodity,
    cast(material_id as varchar) as material_id,
    cast(detail as varchar) as detail,
    cast(form_id as varchar) as form_id,
    cast(country_id as varchar) as country_id,
    cast(row_kind as varchar) as row_kind,
    cast(country_text as varchar) as country_text,
    cast(year_from as integer) as year_from,
    cast(year_to as integer) as year_to,
    cast(import_share as double) as import_share,
    cast(import_share_low as double) as import_share_low,
    cast(import_share_high as double) as import_share_high,
    cast(value_operator as varchar) as value_operator,
    cast(value_status as varchar) as value_status,
    cast(is_all_forms as boolean) as is_all_forms,
    cast(includes_hk as boolean) as includes_hk,
    cast(note as varchar) as note,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast({{ lineage_part('source_id', 'edition') }} as varchar) as lineage_id
from suppliers
