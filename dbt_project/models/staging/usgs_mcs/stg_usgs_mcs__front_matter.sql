with

landed as (

    select * from {{ source_as_known('usgs_mcs', 'front_matter') }}

)

select
    'usgs_mcs' as source_id,
    edition, table_id, line, country_text, commodity_text, statement_text, date_text, share_text,
    reliance_text, is_critical, source_url, note,
    lower(commodity_text) as commodity_key,
    -- "Rare earths, compounds and metals", "Graphite (natural)": the commodity, then its form
    trim(lower(regexp_extract(commodity_text, '^[^,(]+'))) as short_name,
    trim(regexp_replace(commodity_text, '^[^,(]+[,]? *', '')) as detail,
    known_from_date, payload_sha256, row_locator
from landed
