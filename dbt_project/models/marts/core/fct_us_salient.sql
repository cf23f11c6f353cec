with

salient as (

    select * from {{ ref('stg_usgs_mcs__salient') }}

),

items as (

    select * from {{ ref('int_production__us_items') }}

),

lines as (

    select
        salient.*,
        items.material_id,
        items.form_id,
        -- commodities change their names between layouts, materials do not
        coalesce(items.material_id, salient.commodity_key) as subject_id
    from salient
    inner join items
        on
            salient.commodity_key = items.commodity_key
            and salient.detail = items.detail

),

editions as (

    select
        source_id,
        edition,
        subject_id,
        year,
        lead(min(known_from_date)) over (
            partition by source_id, subject_id, year
            order by min(known_from_date), edition
        ) as known_to_date
    from lines
    group by source_id, edition, subject_id, year

)

select
    cast(lines.source_id as varchar) as source_id,
    cast(lines.edition as varchar) as edition,
    cast(lines.commodity_key as varchar) as commodity,
    cast(lines.commodity as varchar) as commodity_name,
    cast(lines.material_id as varchar) as material_id,
    cast(lines.statistic as varchar) as statistic,
    cast(lines.detail as varchar) as detail,
    cast(lines.form_id as varchar) as form_id,
    cast(coalesce(lines.unit, '') as varchar) as unit,
    cast(lines.year as integer) as year,
    cast(lines.occurrence as integer) as occurrence,
    cast(lines.value as double) as value,
    cast(lines.value_low as double) as value_low,
    cast(lines.value_high as double) as value_high,
    cast(lines.value_operator as varchar) as value_operator,
    cast(lines.value_status as varchar) as value_status,
    cast(lines.value_text as varchar) as value_text,
    cast(lines.is_estimated as boolean) as is_estimated,
    cast(
        case when lines.statistic = 'net_import_reliance' then lines.value / 100 end as double
    ) as net_import_reliance_share,
    cast(lines.definition_text as varchar) as definition_text,
    cast(lines.note as varchar) as note,
    cast(lines.known_from_date as date) as known_from_date,
    cast(editions.known_to_date as date) as known_to_date,
    cast({{ lineage_part('lines.source_id', 'lines.edition') }} as varchar) as lineage_id
from lines
inner join editions
    on
        lines.source_id = editions.source_id
        and lines.edition = editions.edition
        and lines.subject_id = editions.subject_id
        and lines.year = editions.year
