with

shares as (

    select * from {{ ref('int_ai_stack__market_shares') }}

)

select
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(node_id as varchar) as node_id,
    cast(provider_id as varchar) as provider_id,
    cast(provider_kind as varchar) as provider_kind,
    cast(year as integer) as year,
    cast(provider_name as varchar) as provider_name,
    cast(country_id as varchar) as country_id,
    cast(market_share as double) as market_share,
    cast(value_status as varchar) as value_status,
    cast(is_concern as boolean) as is_concern,
    cast(concern_list_id as varchar) as concern_list_id,
    cast(is_member as boolean) as is_member,
    cast(is_latest_edition as boolean) as is_latest_edition,
    cast('CC-BY-NC-4.0' as varchar) as licence_id,
    cast(known_from_date as date) as known_from_date,
    cast(lineage_id as varchar) as lineage_id
from shares
order by
    edition nulls last, node_id nulls last, provider_kind nulls last, provider_id nulls last,
    year nulls last
