-- One row per material, stage, exporter and importer of the newest whole network: tonnes as traded.
-- Flows from or to nobody in particular are no nodes.
with

flows as (

    select * from {{ ref('int_methods__physical_flows') }}

)

select
    material_id, stage_id, year, exporter_id, importer_id, edition, lineage_id, known_from_date,
    cast(net_weight_t as double) as flow_t
from flows
where
    net_weight_t > 0
    and exporter_id not in ('NES', 'SPECIAL', 'UNMAPPED', 'ROW')
    and importer_id not in ('NES', 'SPECIAL', 'UNMAPPED', 'ROW')
qualify year = max(year) over (partition by material_id, stage_id)
