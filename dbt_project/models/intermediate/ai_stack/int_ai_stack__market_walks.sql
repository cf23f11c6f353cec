-- One row per node of the chip supply chain dataset or of our own, and node upstream of it.
{{ upstream_walks(
    "(select node_id from " ~ ref('stg_eto_chip_explorer__inputs')
    ~ " qualify edition = max(edition) over () union select node_id from "
    ~ ref('stg_reference__ai_nodes') ~ ")",
    ref('int_ai_stack__market_edges')
) }}
