with

landed as (

    select * from {{ source_as_known('usgs_mcs', 'world') }}

),

overrides as (

    select * from {{ seed_as_known(ref('unit_overrides')) }}
    where table_name = 'world'

),

units as (

    select * from {{ ref('usgs_units') }}

),

with_right_unit as (

    select
        landed.*,
        coalesce(overrides.right_unit, lower(landed.unit_text)) as right_unit_text,
        overrides.edition is not null as is_unit_overridden
    from landed
    left join overrides
        on
            landed.edition = overrides.edition
            and landed.commodity_key = overrides.commodity_key
            and landed.statistic = overrides.statistic
            and coalesce(lower(landed.unit_text), '') = coalesce(overrides.printed_unit, '')

)

select
    'usgs_mcs' as source_id,
    cells.edition, cells.commodity_key, cells.chapter, cells.type_key, cells.form_text, cells.statistic,
    cells.country_text, cells.country_name, cells.row_kind, cells.year, cells.value_text,
    cells.value * units.factor as quantity,
    cells.value_low * units.factor as quantity_low,
    cells.value_high * units.factor as quantity_high,
    units.quantity_unit,
    units.unit_name as printed_unit,
    cells.is_unit_overridden, cells.value_operator, cells.value_status, cells.is_estimated,
    cells.note, cells.repair, cells.known_from_date, cells.payload_sha256, cells.row_locator
from with_right_unit as cells
left join units on cells.right_unit_text = units.unit_text
