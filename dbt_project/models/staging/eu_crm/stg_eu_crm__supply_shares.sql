with

shares as (

    select * from {{ source_as_known('eu_crm', 'supply_shares') }}

)

select
    'eu_crm' as source_id,
    edition, supply,
    lower(material) as material_label,
    stage as stage_label,
    country as country_label,
    cast(share_pct / 100 as double) as supply_share,
    share_operator as value_operator,
    cast(trade_variable as double) as trade_factor,
    known_from_date, payload_sha256, row_locator
from shares
