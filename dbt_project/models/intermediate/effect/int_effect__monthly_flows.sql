-- One row per source, side, exporter, importer, HS6 code and month, by the latest edition: what
-- left or reached a country by the months' declarations, of all who issued an export measure. WLD
-- stands for all importers together, where the exporter itself declares.
with

declared as (

    select
        source_id, edition, product_code, period_start_date, net_weight_kg, is_complete,
        case flow when 'export' then 'export_side' else 'import_side' end as flow_side,
        case flow when 'export' then reporter_id else partner_id end as exporter_id,
        case flow when 'export' then partner_id else reporter_id end as importer_id,
        year * 12 + month(period_start_date) - 1 as month_number
    from {{ ref('fct_trade_reported') }}
    where period_type = 'M' and known_to_date is null and not is_reimport

),

issuers as (

    select distinct issuer_id from {{ ref('int_effect__measures') }}

),

of_issuers as (

    select declared.*
    from declared
    inner join issuers on declared.exporter_id = issuers.issuer_id

),

with_world as (

    select * from of_issuers
    where importer_id <> 'WLD'
    union all
    select * replace ('WLD' as importer_id) from of_issuers
    where flow_side = 'export_side' and importer_id <> 'WLD'

)

select
    source_id, flow_side, exporter_id, importer_id, product_code, month_number,
    max(edition) as edition,
    -- one unknown weight leaves the sum unknown
    {{ sum_if_complete('net_weight_kg') }} as kg,
    min(case when is_complete then 1 else 0 end) = 1 as is_complete
from with_world
group by source_id, flow_side, exporter_id, importer_id, product_code, month_number
