-- World cells on the register's materials, stages and countries, one row per cell and series.
with

cells as (

    select * from {{ ref('stg_usgs_mcs__world') }}

),

series as (

    select
        commodity_key, type_key,
        coalesce(form_text, '') as form_text,
        statistic, decision, material_id, stage_id, form_id, measure, qty_basis, is_headline_series,
        totals
    from {{ ref('usgs_series') }}

),

matches as (

    select * from {{ ref('int_production__label_matches') }}

),

slips as (

    select * from {{ ref('int_production__unit_check_ratios') }}
    where table_name = 'world' and is_slip

),

country_codes as (

    select
        code, country_id
    from {{ ref('int_country__codes') }}
    where code_system = 'usgs'

),

mapped as (

    select
        cells.*,
        series.material_id, series.stage_id, series.form_id, series.measure, series.qty_basis,
        series.is_headline_series,
        {{ has_unit('cells') }} as has_unit
    from cells
    inner join matches
        on
            cells.commodity_key = matches.commodity_key
            and cells.type_key = matches.type_key
            and cells.form_text = matches.form_text
            and cells.statistic = matches.statistic
    inner join series
        on
            matches.known_commodity_key = series.commodity_key
            and matches.known_type_key = coalesce(series.type_key, '')
            and matches.known_form_text = series.form_text
            and matches.statistic = series.statistic
    where
        series.decision = 'map'
        and (
            cells.row_kind <> 'world_total'
            or series.totals = 'all'
            -- 2025 prints the total of ilmenite and rutile under the type of ilmenite
            or (series.totals = 'joint') = (cells.country_name like '% and %')
        )

)

select
    mapped.source_id, mapped.edition,
    case
        when mapped.row_kind = 'world_total' then 'WLD'
        when mapped.row_kind = 'other_countries' then 'NES'
        when mapped.row_kind = 'multi_country' then 'UNMAPPED'
        else coalesce(as_printed.country_id, as_cleaned.country_id, 'UNMAPPED')
    end as country_id,
    case mapped.row_kind
        when 'world_total' then 'printed_world_total'
        else mapped.row_kind
    end as row_kind,
    mapped.material_id, mapped.stage_id, mapped.form_id, mapped.measure, mapped.year,
    mapped.quantity, mapped.quantity_low, mapped.quantity_high, mapped.quantity_unit,
    mapped.qty_basis, mapped.value_status, mapped.value_operator, mapped.value_text,
    mapped.is_estimated, mapped.is_headline_series, mapped.is_unit_overridden,
    coalesce(lower(mapped.note) like '%includes hong kong%', false) as includes_hk,
    coalesce(lower(mapped.note) like '%excludes u.s. production%', false) as excludes_us,
    mapped.note, mapped.country_text, mapped.known_from_date, mapped.row_locator
from mapped
left join country_codes as as_printed on mapped.country_text = as_printed.code
left join country_codes as as_cleaned on mapped.country_name = as_cleaned.code
-- figures a thousand times too large or small are excluded: int_production__excluded lists
left join slips
    on
        mapped.edition = slips.edition
        and mapped.material_id = slips.subject_id
        and mapped.stage_id || '/' || mapped.form_id = slips.series_id
        and mapped.measure = slips.statistic
where slips.edition is null and mapped.has_unit
