with

edges as (

    select * from {{ ref('stg_reference__ai_edges') }}

),

cycles as (

    select distinct node_id from {{ ref('int_ai_stack__walks') }}
    where is_cycle

)

select
    cast(edges.from_id as varchar) as from_id,
    cast(edges.to_id as varchar) as to_id,
    cast(edges.relation as varchar) as relation,
    cast(edges.confidence as varchar) as confidence,
    cast(cycles.node_id is not null as boolean) as is_in_cycle,
    cast(edges.known_from_date as date) as known_from_date,
    cast(edges.known_from_basis as varchar) as known_from_basis
from edges
left join cycles on edges.to_id = cycles.node_id
order by edges.from_id nulls last, edges.to_id nulls last
