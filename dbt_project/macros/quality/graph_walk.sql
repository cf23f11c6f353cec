{#
  What the project's own graph knows about its marts, as text for `values` lists. The graph is
  complete only while executing, so at parse time each macro gives one row of nulls that
  `where mart is not null` drops.
#}

{% macro published_marts() -%}
    {#- Every model below `models/marts/`, by name: being there is what publishes it. -#}
    {%- set marts = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() -%}
            {%- if node.resource_type == 'model' and node.fqn[1] == 'marts' -%}
                {%- do marts.append(node) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(marts | sort(attribute='name')) }}
{%- endmacro %}

{% macro upstream_of(unique_id) -%}
    {#- All ancestors of a node: the list grows while it is walked, parents after children. -#}
    {%- set walked = [unique_id] -%}
    {#- a look into the list for every edge would take longer than all the rest -#}
    {%- set seen = {unique_id: true} -%}
    {%- for child in walked -%}
        {%- set node = graph.nodes.get(child) -%}
        {%- if node is not none and node.depends_on is defined -%}
            {%- for parent in node.depends_on.nodes if parent not in seen -%}
                {%- do seen.update({parent: true}) -%}
                {%- do walked.append(parent) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(walked[1:]) }}
{%- endmacro %}

{% macro inputs_of(unique_id) -%}
    {#-
      The names of what a mart is made of: landed sources (the room `run` is bookkeeping, not a
      source) and the curated registers among the seeds.
    -#}
    {%- set names = [] -%}
    {%- for parent in upstream_of(unique_id) -%}
        {%- set parts = parent.split('.') -%}
        {%- if parts[0] == 'source' and parts[2] != 'run' -%}
            {%- do names.append(parts[2]) -%}
        {%- elif parts[0] == 'seed' and 'curated' in graph.nodes[parent].fqn -%}
            {%- do names.append(parts[2]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names | unique | sort) }}
{%- endmacro %}

{% macro sql_text(text) -%}
    {#- A literal of one line: quotes doubled, runs of blanks and line ends made one blank. -#}
    {{- return("'" ~ (text | string).split() | join(' ') | replace("'", "''") ~ "'") -}}
{%- endmacro %}
