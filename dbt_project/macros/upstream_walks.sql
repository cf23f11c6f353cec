{#
  Every node with the nodes upstream of it, itself at depth 0: node_id, upstream_id, depth of the
  shortest way, is_cycle where a way returned to a node that it had passed. `edges` has from_id,
  to_id and relation; kinds of a thing are no inputs of it and are not walked.
#}
{% macro upstream_walks(nodes, edges, max_depth=12) -%}
    with recursive

    inputs as (

        select distinct
            from_id, to_id
        from {{ edges }}
        where relation = 'goes_into'

    ),

    walk as (

        select
            node_id,
            node_id as upstream_id,
            0 as depth,
            concat('|', node_id, '|') as passed,
            false as is_cycle
        from {{ nodes }}
        union all
        select
            walk.node_id,
            inputs.from_id as upstream_id,
            walk.depth + 1 as depth,
            concat(walk.passed, inputs.from_id, '|') as passed,
            walk.passed like concat('%|', inputs.from_id, '|%') as is_cycle
        from walk
        inner join inputs
            on walk.upstream_id = inputs.to_id
        where not walk.is_cycle and walk.depth < {{ max_depth }}

    )

    select
        node_id, upstream_id,
        min(depth) as depth,
        bool_or(is_cycle) as is_cycle
    from walk
    group by node_id, upstream_id
{%- endmacro %}
