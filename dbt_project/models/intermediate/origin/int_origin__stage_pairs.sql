-- One row per material and pair of stages whose exports and production are compared: the declared
-- pairs, and every stage with production beside itself.
select
    material_id, stage_trade, stage_production
from {{ ref('origin_stage_pairs') }}
union
select
    material_id,
    stage_id as stage_trade,
    stage_id as stage_production
from {{ ref('production_share') }}
