with

salient as (

    select * from {{ ref('stg_usgs_mcs__salient') }}

),

items as (

    select * from {{ ref('int_production__us_items') }}

),

editions as (

    select
        source_id,
        edition,
        commodity_key,
        year,
        lead(min(known_from_date)) over (
            partition by source_id, commodity_key, year
            order by min(known_from_date), edition
        ) as known_to_date
    from salient
    group by source_id, edition, commodity_key, year

)

select
    cast(salient.source_id as varchar) as source_id,
    cast(salient.edition as varchar) as edition,
    cast(salient.commodity_key as varchar) as commodity,
    cast(salient.commodity as varchar) as commodity_name,
    cast(items.material_id as varchar) as material_id,
    cast(salient.statistic as varchar) as statistic,
    cast(salient.detail as varchar) as detail,
    cast(items.form_id as varchar) as form_id,
    cast(coalesce(salient.unit, '') as varchar) as unit,
    cast(salient.year as integer) as year,
    cast(salient.occurrence as integer) as occurrence,
    cast(salient.value as double) as value,
    cast(salient.value_low as double) as value_low,
    cast(salient.value_high as double) as value_high,
    cast(salient.value_operator as varchar) as value_operator,
    cast(salient.value_status as varchar) as value_status,
    cast(salient.value_text as varchar) as value_text,
    cast(salient.is_estimated as boolean) as is_estimated,
    cast(
        case when salient.statistic = 'net_import_reliance' then salient.value / 100 end as double
    ) as net_import_reliance_share,
    cast(salient.definition_text as varchar) as definition_text,
    cast(salient.note as varchar) as note,
    cast(salient.known_from_date as date) as known_from_date,
    cast(editions.known_to_date as date) as known_to_date,
    cast({{ lineage_part('salient.source_id', 'salient.edition') }} as varchar) as lineage_id
from salient
inner join items
    on
        salient.commodity_key = items.commodity_key
        and salient.detail = items.detail
inner join editions
    on
        salient.source_id = editions.source_id
        and salient.edition = editions.edition
        and salient.commodity_key = editions.commodity_key
        and salient.year = editions.year
