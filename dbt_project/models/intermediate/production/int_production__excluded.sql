-- One row per source, edition, table, commodity, label, statistic and reason: figures that landed
-- and stand in no fact. A slip of a thousand, a unit or a label that nobody knows, a label that the
-- register has no place for.
with

slips as (

    select * from {{ ref('int_production__unit_check_ratios') }}
    where is_slip

),

labels as (

    select * from {{ ref('int_production__label_matches') }}

),

world as (

    select
        cells.source_id, cells.edition,
        'world' as table_name,
        cells.commodity_key as commodity_label,
        concat_ws(' / ', nullif(cells.type_key, ''), nullif(cells.form_text, '')) as label,
        cells.statistic,
        case
            when labels.match_kind = 'undecided' then 'label_undecided'
            when series.decision = 'map' and not {{ has_unit('cells') }} then 'unit_unknown'
            when slips.edition is not null then 'magnitude_slip'
            when series.decision = 'drop' then 'outside_register'
        end as reason_id,
        series.reason, slips.log_ratio, slips.evidence, cells.printed_unit,
        cells.value_text, labels.nearest_label, labels.likely_material_id,
        cells.known_from_date, cells.row_locator
    from {{ ref('stg_usgs_mcs__world') }} as cells
    inner join labels
        on
            cells.commodity_key = labels.commodity_key
            and cells.type_key = labels.type_key
            and cells.form_text = labels.form_text
            and cells.statistic = labels.statistic
    left join {{ ref('usgs_series') }} as series
        on
            labels.known_commodity_key = series.commodity_key
            and labels.known_type_key = coalesce(series.type_key, '')
            and labels.known_form_text = coalesce(series.form_text, '')
            and labels.statistic = series.statistic
            and series.part_number = 1
    left join slips
        on
            slips.table_name = 'world'
            and cells.edition = slips.edition
            and {{ usgs_subject('series.material_id', 'cells.commodity_key') }} = slips.subject_id
            and coalesce(series.stage_id || '/' || series.form_id, 'none') = slips.series_id
            and coalesce(series.measure, cells.statistic) = slips.statistic

),

salient as (

    select
        cells.source_id, cells.edition,
        'salient' as table_name,
        cells.commodity_key as commodity_label,
        cells.detail as label,
        cells.statistic,
        'magnitude_slip' as reason_id,
        cast(null as varchar) as reason,
        slips.log_ratio, slips.evidence,
        cells.unit as printed_unit,
        cells.value_text,
        cast(null as varchar) as nearest_label,
        cast(null as varchar) as likely_material_id,
        cells.known_from_date, cells.row_locator
    from {{ ref('stg_usgs_mcs__salient') }} as cells
    inner join {{ ref('int_production__us_items') }} as items
        on cells.commodity_key = items.commodity_key and cells.detail = items.detail
    inner join slips
        on
            slips.table_name = 'salient'
            and cells.edition = slips.edition
            and {{ usgs_subject('items.material_id', 'cells.commodity_key') }} = slips.subject_id
            and cells.statistic = slips.statistic

),

us_tables as (

    select
        source_id, edition,
        'salient' as table_name,
        commodity_key, detail, statistic, value_text, known_from_date, row_locator
    from {{ ref('stg_usgs_mcs__salient') }}
    union all
    select
        source_id, edition,
        'import_sources' as table_name,
        commodity_key, detail,
        'import_share' as statistic,
        share_text as value_text,
        known_from_date, row_locator
    from {{ ref('stg_usgs_mcs__import_sources') }}

),

undecided_us as (

    select
        cells.source_id, cells.edition, cells.table_name,
        cells.commodity_key as commodity_label,
        cells.detail as label,
        cells.statistic,
        'label_undecided' as reason_id,
        cast(null as varchar) as reason,
        cast(null as double) as log_ratio,
        cast(null as varchar) as evidence,
        cast(null as varchar) as printed_unit,
        cells.value_text, items.nearest_label, items.likely_material_id, cells.known_from_date,
        cells.row_locator
    from us_tables as cells
    inner join {{ ref('int_production__us_items') }} as items
        on cells.commodity_key = items.commodity_key and cells.detail = items.detail
    where items.match_kind = 'undecided'

),

bgs as (

    select
        cells.source_id, cells.edition,
        'statistics' as table_name,
        cells.commodity_label,
        cells.sub_label as label,
        'production' as statistic,
        case
            when series.commodity_label is null then 'label_undecided'
            when series.decision = 'drop' then 'outside_register'
            when not {{ has_unit('cells') }} then 'unit_unknown'
        end as reason_id,
        series.reason,
        cast(null as double) as log_ratio,
        cast(null as varchar) as evidence,
        cells.printed_unit,
        -- figures of this source are withheld; labels and counts are ours
        cast(null as varchar) as value_text,
        cast(null as varchar) as nearest_label,
        cast(null as varchar) as likely_material_id,
        cells.known_from_date, cells.row_locator
    from {{ ref('stg_bgs_wms__production') }} as cells
    left join {{ ref('bgs_series') }} as series
        on
            cells.commodity_label = series.commodity_label
            and cells.sub_label = coalesce(series.sub_label, '')

),

own_tables as (

    select
        cells.source_id, cells.edition,
        'production' as table_name,
        cells.material_label as commodity_label,
        cells.stage_label as label,
        'production' as statistic,
        case
            when materials.material_id is null or stages.stage_id is null then 'label_undecided'
            when cells.quantity is null and cells.value_status in ('reported', 'estimated')
                then 'unit_unknown'
        end as reason_id,
        cast(null as varchar) as reason,
        cast(null as double) as log_ratio,
        cast(null as varchar) as evidence,
        cells.printed_unit,
        -- as of the other source whose figures are withheld
        cast(null as varchar) as value_text,
        cast(null as varchar) as nearest_label,
        materials.material_id as likely_material_id,
        cells.known_from_date, cells.row_locator
    from {{ ref('stg_user_production__production') }} as cells
    left join {{ ref('stg_reference__minerals') }} as materials
        on cells.material_label = materials.material_id
    left join {{ ref('stg_reference__stages') }} as stages
        on cells.stage_label = stages.stage_id

),

excluded as (

    select * from world
    union all
    select * from salient
    union all
    select * from undecided_us
    union all
    select * from bgs
    union all
    select * from own_tables

),

-- materials of which an edition has production without the figures that are left out
produced as (

    select distinct
        source_id, edition, material_id
    from {{ ref('int_production__quantities') }}
    where measure = 'production'

),

grouped as (

    select
        source_id, edition, table_name, commodity_label, label, statistic, reason_id,
        max(reason) as reason,
        -- an undecided or unwanted label may be off by a thousand, too
        max(case when reason_id = 'magnitude_slip' then log_ratio end) as log_ratio,
        max(case when reason_id = 'magnitude_slip' then evidence end) as evidence,
        max(printed_unit) as printed_unit,
        count(*) as n_figures,
        min_by(value_text, row_locator) as first_value_text,
        min(row_locator) as first_row_locator,
        max(nearest_label) as nearest_label,
        max(likely_material_id) as likely_material_id,
        min(known_from_date) as known_from_date
    from excluded
    where reason_id is not null
    group by source_id, edition, table_name, commodity_label, label, statistic, reason_id

)

select
    grouped.*,
    grouped.table_name = 'world'
    and grouped.statistic = 'production'
    and grouped.likely_material_id is not null
    and produced.material_id is null as is_hiding_production
from grouped
left join produced
    on
        grouped.source_id = produced.source_id
        and grouped.edition = produced.edition
        and grouped.likely_material_id = produced.material_id
