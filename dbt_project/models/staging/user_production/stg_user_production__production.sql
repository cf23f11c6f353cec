with

landed as (

    select * from {{ source_as_known('user_production', 'production') }}

),

-- `mt` is read as tonnes and as millions of tonnes: it has no unit here
units as (

    select * from {{ ref('usgs_units') }}
    where unit_text <> 'mt' and quantity_unit is not null

)

select
    'user_production' as source_id,
    landed.edition, landed.table_id, landed.material_label, landed.stage_label,
    landed.country_label, landed.country_id, landed.row_kind, landed.year,
    landed.quantity_text as value_text,
    landed.quantity * units.factor as quantity,
    units.quantity_unit,
    landed.unit_label as printed_unit,
    landed.basis_label as qty_basis,
    landed.value_status, landed.note, landed.known_from_date, landed.payload_sha256,
    landed.row_locator
from landed
left join units
    on regexp_replace(lower(landed.unit_label), 'tonnes?', 'metric tons') = units.unit_text
