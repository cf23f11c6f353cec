-- One row per reporter, flow and period: who has filed with UN Comtrade. A live pull lands a
-- reporter's period whole, so that the empty one too was filed: nothing declared is then a
-- declaration of no trade, not a missing one. Of a file from the inbox only its rows can show it.
{{ config(tags=['spark']) }}

with

pulled as (

    select distinct
        split_part(partition, '/', 2) as reporter_code,
        substr(split_part(partition, '/', 1), 2) as period
    from {{ source_as_known('run', 'un_comtrade_partitions') }}
    where access_method = 'live' and partition not like 'availability/%'

),

codes as (

    select * from {{ ref('int_country__codes') }} where code_system = 'comtrade'

),

flows as (

    select 'export' as flow
    union all
    select 'import' as flow

),

filed as (

    select
        reporter_id, flow, period_type, period_start_date,
        false as is_whole
    from {{ ref('int_trade__comtrade_flows') }}

    union all

    select
        codes.country_id as reporter_id,
        flows.flow,
        {{ period_type_of('pulled.period') }} as period_type,
        {{ period_start_of('pulled.period') }} as period_start_date,
        true as is_whole
    from pulled
    inner join codes
        on pulled.reporter_code = codes.code
    cross join flows

)

select
    reporter_id, flow, period_type, period_start_date,
    bool_or(is_whole) as is_whole
from filed
group by reporter_id, flow, period_type, period_start_date
