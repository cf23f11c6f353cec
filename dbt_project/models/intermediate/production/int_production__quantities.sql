-- One row per series, country row and year. Cells that the publisher splits (helium from gas and
-- from Cliffside, ilmenite and rutile) are added; a part that is withheld or unknown makes the sum
-- a lower bound. Several cells of any other series are the same figure printed twice, or there is no
-- knowing which is meant: a band without a number.
with

cells as (

    select * from {{ ref('int_production__series') }}

),

added as (

    select
        source_id, edition, country_id, row_kind, material_id, stage_id, form_id, measure, year,
        count(*) = 1
        or material_id in ('titanium_minerals', 'helium')
        or country_id = 'UNMAPPED' as is_sum,
        {{ exact_sum('quantity') }} as quantity,
        min(quantity) as least_quantity,
        max(quantity) as greatest_quantity,
        {{ exact_sum('quantity_low') }} as quantity_low,
        min(quantity_low) as least_low,
        {{ sum_if_complete('quantity_high') }} as quantity_high,
        case when count(*) = count(quantity_high) then max(quantity_high) end as greatest_high,
        max(quantity_unit) as quantity_unit,
        max(qty_basis) as qty_basis,
        count(*) as n_cells,
        count(quantity) as n_numbers,
        sum(
            case when value_status in ('withheld', 'not_available', 'unknown') then 1 else 0 end
        ) as n_missing,
        max(case when value_status = 'estimated' then 1 else 0 end) as has_estimated,
        max(case when value_status = 'reported' then 1 else 0 end) as has_reported,
        -- one cell, or the most specific reason
        max(case when quantity is null then value_status end) as reason,
        max(value_operator) as one_operator,
        max(case when value_operator in ('>', '>=') then 1 else 0 end) as has_floor,
        max(case when value_operator in ('<', '<=') then 1 else 0 end) as has_ceiling,
        string_agg(value_text, ' + ' order by row_locator) as value_text,
        max(case when is_estimated then 1 else 0 end) = 1 as is_estimated,
        max(case when is_headline_series then 1 else 0 end) = 1 as is_headline_series,
        max(case when is_unit_overridden then 1 else 0 end) = 1 as is_unit_overridden,
        max(case when includes_hk then 1 else 0 end) = 1 as includes_hk,
        max(case when excludes_us then 1 else 0 end) = 1 as excludes_us,
        {{ listagg_distinct('note', ' | ') }} as note,
        min(known_from_date) as known_from_date
    from cells
    group by
        source_id, edition, country_id, row_kind, material_id, stage_id, form_id, measure, year

),

editions as (

    select
        source_id, edition, material_id, stage_id, form_id, measure, year,
        lead(min(known_from_date)) over (
            partition by source_id, material_id, stage_id, form_id, measure, year
            order by min(known_from_date), edition
        ) as known_to_date
    from added
    group by source_id, edition, material_id, stage_id, form_id, measure, year

)

select
    added.source_id, added.edition, added.country_id, added.row_kind, added.material_id,
    added.stage_id, added.form_id, added.measure, added.year,
    case
        when is_sum then quantity
        when least_quantity = greatest_quantity and n_numbers = n_cells then least_quantity
    end as quantity,
    case when is_sum then quantity_low else least_low end as quantity_low,
    case
        when n_missing > 0 then null
        when is_sum then quantity_high
        else greatest_high
    end as quantity_high,
    quantity_unit, qty_basis,
    case
        when n_numbers = 0 then reason
        when not is_sum and (least_quantity <> greatest_quantity or n_numbers < n_cells)
            then 'unknown'
        when has_estimated = 1 then 'estimated'
        when has_reported = 1 then 'reported'
        else 'zero'
    end as value_status,
    case
        when n_cells = 1 then one_operator
        when n_numbers > 0 and (n_missing > 0 or has_floor = 1) then '>='
        when has_ceiling = 1 and n_numbers > 0 then '<='
        else '='
    end as value_operator,
    value_text, is_estimated, is_headline_series, is_unit_overridden, includes_hk, excludes_us,
    note, n_cells, added.known_from_date,
    -- superseded as a whole when a later edition has the same commodity-year
    editions.known_to_date
from added
inner join editions
    on
        added.source_id = editions.source_id
        and added.edition = editions.edition
        and added.material_id = editions.material_id
        and added.stage_id = editions.stage_id
        and added.form_id = editions.form_id
        and added.measure = editions.measure
        and added.year = editions.year
