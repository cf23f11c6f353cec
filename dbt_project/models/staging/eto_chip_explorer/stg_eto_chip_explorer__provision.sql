with

provision as (

    select * from {{ source_as_known('eto_chip_explorer', 'provision') }}

)

select
    'eto_chip_explorer' as source_id,
    edition, provider_id,
    provided_id as node_id,
    year,
    share_provided / 100 as market_share,
    case
        when share_provided is null then 'not_available'
        when share_provided = 0 then 'zero'
        else 'reported'
    end as value_status,
    known_from_date
from provision
