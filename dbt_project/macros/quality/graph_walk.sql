{#
  The marts of the project's own graph, as text for `values` lists. The graph is
  complete only while executing, so at parse time each macro gives one row of nulls that
  `where mart is not null` drops.
#}

{% macro published_marts() -%}
    {#- Every model below `models/marts/`, by name: all of them are published. -#}
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

{% macro upstream_of(unique_id, closed=()) -%}
    {#- All ancestors of a node, except those behind the nodes `closed`. -#}
    {#- the list grows while it is walked, parents after children -#}
    {%- set walked = [unique_id] -%}
    {#- a search of the list for every edge would take longer than everything else -#}
    {%- set seen = {unique_id: true} -%}
    {%- for child in walked if child not in closed -%}
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

{% macro sources_among(unique_ids) -%}
    {#- The names of landed sources; `run` is about the run itself and has no publisher. -#}
    {%- set names = [] -%}
    {%- for unique_id in unique_ids if unique_id.startswith('source.') -%}
        {%- do names.append(unique_id.split('.')[2]) -%}
    {%- endfor -%}
    {{ return(names | unique | reject('equalto', 'run') | sort) }}
{%- endmacro %}

{% macro derivations() -%}
    {#-
      For each source the models with `derivation_of` it: what they compute from the
      publisher's rows is not those rows, and its terms for redistribution end there.
    -#}
    {%- set models = {} -%}
    {%- for node in graph.nodes.values() -%}
        {%- for source in node.config.get('meta', {}).get('derivation_of', []) -%}
            {%- do models.setdefault(source, []).append(node.unique_id) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(models) }}
{%- endmacro %}

{% macro sql_text(text) -%}
    {#- A literal of one line: quotes doubled, runs of blanks and line ends made one blank. -#}
    {{- return("'" ~ (text | string).split() | join(' ') | replace("'", "''") ~ "'") -}}
{%- endmacro %}
