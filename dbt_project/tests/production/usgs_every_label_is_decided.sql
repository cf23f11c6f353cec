-- A commodity and type label that usgs_series.csv does not know: its figures are in no fact until
-- one row of the seed maps or drops it.
{{ config(severity = 'warn') }}

select
    world.edition,
    world.commodity_key,
    world.type_key,
    world.form_text,
    world.statistic,
    count(*) as n_cells
from {{ ref('stg_usgs_mcs__world') }} as world
left join {{ ref('usgs_series') }} as series
    on
        world.commodity_key = series.commodity_key
        and coalesce(world.type_key, '') = coalesce(series.type_key, '')
        and world.form_text = coalesce(series.form_text, '')
        and world.statistic = series.statistic
where series.decision is null
group by world.edition, world.commodity_key, world.type_key, world.form_text, world.statistic
