-- US salient cells with their material, and the day on which a later edition replaced them.
with

salient as (

    select * from {{ ref('stg_usgs_mcs__salient') }}

),

items as (

    select * from {{ ref('int_production__us_items') }}

),

slips as (

    select * from {{ ref('int_production__unit_check_ratios') }}
    where table_name = 'salient' and is_slip

),

lines as (

    select
        salient.*,
        items.material_id, items.form_id,
        -- commodities change their names between layouts, materials do not
        coalesce(items.material_id, salient.commodity_key) as subject_id
    from salient
    inner join items
        on
            salient.commodity_key = items.commodity_key
            and salient.detail = items.detail
    -- figures a thousand times too large or small are excluded: int_production__excluded lists
    left join slips
        on
            salient.edition = slips.edition
            and salient.statistic = slips.statistic
            and {{ usgs_subject('items.material_id', 'salient.commodity_key') }} = slips.subject_id
    where slips.edition is null

),

editions as (

    select
        source_id, edition, subject_id, year,
        lead(min(known_from_date)) over (
            partition by source_id, subject_id, year
            order by min(known_from_date), edition
        ) as known_to_date
    from lines
    group by source_id, edition, subject_id, year

)

select
    lines.*,
    -- more than all is no share: columns of an older file are shifted
    case
        when lines.statistic = 'net_import_reliance' and lines.value between 0 and 100
            then lines.value / 100
    end as net_import_reliance_share,
    editions.known_to_date
from lines
inner join editions
    on
        lines.source_id = editions.source_id
        and lines.edition = editions.edition
        and lines.subject_id = editions.subject_id
        and lines.year = editions.year
