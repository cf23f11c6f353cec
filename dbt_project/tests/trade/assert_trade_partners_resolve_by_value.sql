{{ config(
    description="At least 99.5 % of a source's value lies with countries whose codes we know."
) }}
with

flows as (

    select
        source_id, exporter_id, value_usd
    from {{ ref('int_trade__import_flows') }}

)

select
    source_id,
    sum(case when exporter_id = 'UNMAPPED' then value_usd else 0 end) as unmapped_usd,
    sum(value_usd) as value_usd
from flows
group by source_id
having sum(case when exporter_id = 'UNMAPPED' then value_usd else 0 end) > 0.005 * sum(value_usd)
