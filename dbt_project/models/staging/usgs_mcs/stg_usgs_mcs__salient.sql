with

landed as (

    select * from {{ source_as_known('usgs_mcs', 'salient') }}

),

overrides as (

    select * from {{ seed_as_known(ref('unit_overrides')) }}
    where table_name = 'salient'

),

units as (

    select * from {{ ref('usgs_units') }}

),

with_right_unit as (

    select
        landed.*,
        case
            -- headers misspell these two (NIR_ct, Employment_um), the statistic does not
            when landed.statistic = 'net_import_reliance' then 'percent'
            when landed.statistic = 'employment' then 'number'
            else coalesce(overrides.right_unit, lower(landed.unit_text))
        end as right_unit_text
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
    cells.edition, cells.commodity, cells.commodity_key, cells.statistic, cells.detail, cells.year,
    cells.occurrence, cells.value_text, cells.value, cells.value_low, cells.value_high,
    cells.value_operator, cells.value_status, cells.is_estimated,
    -- a unit that the seed does not know is kept in the publisher's words
    coalesce(units.unit_name, cells.right_unit_text) as unit,
    cells.unit_text as printed_unit,
    cells.note, cells.definition_text, cells.known_from_date, cells.payload_sha256,
    cells.row_locator
from with_right_unit as cells
left join units on cells.right_unit_text = units.unit_text
