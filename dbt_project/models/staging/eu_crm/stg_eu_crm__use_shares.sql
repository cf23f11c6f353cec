with

shares as (

    select * from {{ source_as_known('eu_crm', 'use_shares') }}

)

select
    'eu_crm' as source_id,
    edition,
    lower(material) as material_label,
    cast(use_number as integer) as use_number,
    application,
    cast(share_pct / 100 as double) as use_share,
    share_operator as value_operator,
    nace_sector,
    cast(value_added_million_eur * 1e6 as double) as value_added_eur,
    known_from_date, payload_sha256, row_locator
from shares
