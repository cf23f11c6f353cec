{{ config(
    severity='warn',
    description="At least 99.5 % of an edition's value lies with known countries. The "
        ~ "rest stays in the denominators as UNMAPPED, so that no other source is held back for it."
) }}
with

flows as (

    select
        source_id, edition, exporter_id, value_usd
    from {{ ref('int_trade__import_flows') }}

)

select
    source_id, edition,
    sum(case when exporter_id = 'UNMAPPED' then value_usd else 0 end) as unmapped_usd,
    sum(value_usd) as value_usd
from flows
group by source_id, edition
having sum(case when exporter_id = 'UNMAPPED' then value_usd else 0 end) > 0.005 * sum(value_usd)
