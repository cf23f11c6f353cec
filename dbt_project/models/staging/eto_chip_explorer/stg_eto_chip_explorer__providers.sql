with

providers as (

    select * from {{ source_as_known('eto_chip_explorer', 'providers') }}

)

select
    edition, provider_id, provider_name,
    provider_type as provider_kind,
    country as country_text
from providers
