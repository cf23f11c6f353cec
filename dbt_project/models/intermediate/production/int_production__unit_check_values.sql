-- One row per figure of the USGS tables that another edition may have, too, in common units: the
-- series it belongs to, and the entity (country; year of the US tables) on which two editions meet.
with

series as (

    select distinct
        commodity_key, type_key,
        coalesce(form_text, '') as form_text,
        statistic,
        {{ usgs_subject('material_id', 'commodity_key') }} as subject_id,
        coalesce(stage_id || '/' || form_id, 'none') as series_id,
        coalesce(measure, statistic) as measure
    from {{ ref('usgs_series') }}

),

units as (

    select distinct
        unit_name, factor
    from {{ ref('usgs_units') }}
    where quantity_unit is not null

),

cells as (

    select
        'world' as table_name,
        world.edition, world.known_from_date, series.subject_id, series.series_id,
        series.measure as statistic,
        world.country_name as entity,
        world.quantity
    from {{ ref('stg_usgs_mcs__world') }} as world
    inner join {{ ref('int_production__label_matches') }} as matches
        on
            world.commodity_key = matches.commodity_key
            and world.type_key = matches.type_key
            and world.form_text = matches.form_text
            and world.statistic = matches.statistic
    inner join series
        on
            matches.known_commodity_key = series.commodity_key
            and matches.known_type_key = coalesce(series.type_key, '')
            and matches.known_form_text = series.form_text
            and matches.statistic = series.statistic
    where world.quantity > 0
    union all
    select
        'salient' as table_name,
        salient.edition, salient.known_from_date,
        {{ usgs_subject('items.material_id', 'salient.commodity_key') }} as subject_id,
        'none' as series_id,
        salient.statistic,
        cast(salient.year as varchar) as entity,
        salient.value * units.factor as quantity
    from {{ ref('stg_usgs_mcs__salient') }} as salient
    inner join units on salient.unit = units.unit_name
    inner join {{ ref('int_production__us_items') }} as items
        on salient.commodity_key = items.commodity_key and salient.detail = items.detail
    where salient.value > 0

)

select * from cells
