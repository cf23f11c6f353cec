with

landed as (

    select * from {{ source_as_known('cepii_baci', 'flows') }}

)

select
    edition, nomenclature, year, exporter_code, importer_code, code_system, product_code,
    -- CEPII gives three decimals: whole dollars and kilograms, whose sums are exact in any order
    round(value_kusd * 1000) as value_usd,
    round(quantity_t * 1000) as net_weight_kg,
    is_truncated, known_from_date, payload_sha256, row_locator
from landed
