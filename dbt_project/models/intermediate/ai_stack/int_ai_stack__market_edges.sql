-- One row per edge of the latest edition of the chip supply chain dataset and of our own graph.
select
    from_id, to_id, relation
from {{ ref('stg_eto_chip_explorer__sequence') }}
qualify edition = max(edition) over ()
union
select
    from_id, to_id, relation
from {{ ref('stg_reference__ai_edges') }}
