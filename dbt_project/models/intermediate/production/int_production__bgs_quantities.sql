-- One row per series, country and year of the World Mineral Statistics, in the same columns as
-- `int_production__quantities`: beside the USGS figures, never blended with them. Forms that add up
-- (the lithium content of spodumene, carbonate and chloride) are added; gross weight stays a form of
-- its own. No world total is published, and a sum of rows is a floor.
with

cells as (

    select * from {{ ref('stg_bgs_wms__production') }}

),

series as (

    select * from {{ ref('bgs_series') }}

),

country_codes as (

    select * from {{ ref('int_country__codes') }}

),

located as (

    select
        cells.*,
        series.material_id, series.stage_id, series.form_id, series.qty_basis,
        series.is_headline_series,
        -- the name decides; the code only for a name that nobody has seen, and never one of the
        -- codes that the publisher gives to two states
        coalesce(by_name.country_id, by_code.country_id, 'UNMAPPED') as country_id
    from cells
    inner join series
        on
            cells.commodity_label = series.commodity_label
            and cells.sub_label = coalesce(series.sub_label, '')
    left join country_codes as by_name
        on by_name.code_system = 'bgs' and cells.country_text = by_name.code
    left join country_codes as by_code
        on
            by_code.code_system = 'iso3'
            and cells.country_iso3_code = by_code.code
            and cells.country_iso3_code not in ('COD', 'DEU', 'YEM')
    where series.decision = 'map'

),

added as (

    select
        source_id, edition, country_id, material_id, stage_id, form_id, year,
        {{ exact_sum('quantity') }} as quantity,
        {{ exact_sum('quantity_low') }} as quantity_low,
        {{ sum_if_complete('quantity_high') }} as quantity_high,
        max(quantity_unit) as quantity_unit,
        max(qty_basis) as qty_basis,
        count(*) as n_cells,
        count(quantity) as n_numbers,
        bool_or(value_status = 'estimated') as has_estimated,
        bool_or(value_status = 'reported') as has_reported,
        bool_or(value_status = 'trace') as has_trace,
        max(case when quantity is null then value_status end) as reason,
        string_agg(value_text, ' + ' order by row_locator) as value_text,
        bool_or(is_estimated) as is_estimated,
        bool_or(is_headline_series) as is_headline_series,
        {{ listagg_distinct('figure_note', ' | ') }} as note,
        min(known_from_date) as known_from_date
    from located
    group by source_id, edition, country_id, material_id, stage_id, form_id, year

),

editions as (

    select
        *,
        -- superseded as a whole when a later edition has the same commodity-year
        min(known_from_date) over (
            partition by material_id, stage_id, form_id, year
            order by known_from_date
            range between interval 1 day following and unbounded following
        ) as known_to_date
    from added

)

select
    source_id, edition, country_id,
    'country' as row_kind,
    material_id, stage_id, form_id,
    'production' as measure,
    year, quantity, quantity_low, quantity_high, quantity_unit, qty_basis,
    case
        when n_numbers = 0 then reason
        when has_estimated = 1 then 'estimated'
        when has_reported = 1 then 'reported'
        else 'zero'
    end as value_status,
    case
        when n_cells = 1 and has_trace = 1 then '<'
        when n_numbers > 0 and n_numbers < n_cells then '>='
        else '='
    end as value_operator,
    value_text, is_estimated, is_headline_series,
    false as is_unit_overridden,
    false as includes_hk,
    false as excludes_us,
    note, n_cells, known_from_date, editions.known_to_date
from editions
