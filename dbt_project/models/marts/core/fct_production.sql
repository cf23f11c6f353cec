with

quantities as (

    select * from {{ ref('int_production__quantities') }}
    union all
    select * from {{ ref('int_production__bgs_quantities') }}
    union all
    select * from {{ ref('int_production__user_quantities') }}

)

select
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(country_id as varchar) as country_id,
    cast(row_kind as varchar) as row_kind,
    cast(material_id as varchar) as material_id,
    cast(stage_id as varchar) as stage_id,
    cast(form_id as varchar) as form_id,
    cast(measure as varchar) as measure,
    cast(year as integer) as year,
    cast(quantity as double) as quantity,
    cast(quantity_low as double) as quantity_low,
    cast(quantity_high as double) as quantity_high,
    cast(quantity_unit as varchar) as quantity_unit,
    cast(qty_basis as varchar) as qty_basis,
    cast(value_status as varchar) as value_status,
    cast(value_operator as varchar) as value_operator,
    cast(value_text as varchar) as value_text,
    cast(is_estimated as boolean) as is_estimated,
    cast(is_headline_series as boolean) as is_headline_series,
    cast(is_unit_overridden as boolean) as is_unit_overridden,
    cast(includes_hk as boolean) as includes_hk,
    cast(excludes_us as boolean) as excludes_us,
    cast(n_cells as integer) as n_cells,
    cast(note as varchar) as note,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast({{ lineage_part('source_id', 'edition') }} as varchar) as lineage_id
from quantities
