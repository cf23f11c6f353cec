-- One row per node and node upstream of it, itself included: the shortest way, and whether a way
-- back to where it began was cut. Only what goes into a node is walked; twelve steps are more than
-- the deepest chain has.
{{ upstream_walks(ref('stg_reference__ai_nodes'), ref('stg_reference__ai_edges')) }}
