with

salient as (

    select * from {{ ref('int_production__us_salient') }}

)

select
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(commodity_key as varchar) as commodity,
    cast(commodity as varchar) as commodity_name,
    cast(material_id as varchar) as material_id,
    cast(statistic as varchar) as statistic,
    cast(detail as varchar) as detail,
    cast(form_id as varchar) as form_id,
    cast(coalesce(unit, '') as varchar) as unit,
    cast(year as integer) as year,
    cast(occurrence as integer) as occurrence,
    cast(value as double) as value,
    cast(value_low as double) as value_low,
    cast(value_high as double) as value_high,
    cast(value_operator as varchar) as value_operator,
    cast(value_status as varchar) as value_status,
    cast(value_text as varchar) as value_text,
    cast(is_estimated as boolean) as is_estimated,
    cast(net_import_reliance_share as double) as net_import_reliance_share,
    cast(definition_text as varchar) as definition_text,
    cast(note as varchar) as note,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast({{ lineage_part('source_id', 'edition') }} as varchar) as lineage_id
from salient
