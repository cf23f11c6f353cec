-- One row per node and good that it is traded as.
select
    node_id, good_id, confidence
from {{ ref('stg_reference__ai_nodes') }}
where good_id is not null and good_id <> ''
union all
select
    node_id, good_id, confidence
from {{ ref('stg_reference__ai_node_goods') }}
