with

landed as (

    select * from {{ source_as_known('usgs_mcs', 'import_sources') }}

)

select
    'usgs_mcs' as source_id,
    edition, commodity, commodity_key, detail, country_text, country_name, row_kind, year_from,
    year_to, share_text,
    share as import_share,
    share_low as import_share_low,
    -- a share cannot pass one: ">99" is bounded
    coalesce(share_high, 1.0) as import_share_high,
    value_operator, value_status, note, known_from_date, payload_sha256, row_locator
from landed
