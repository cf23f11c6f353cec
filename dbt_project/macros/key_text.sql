{# One row as text: `column=value` of its key, as the tests of the model declare it. #}
{% macro key_text(relation) -%}
    {%- set columns = key_columns(relation) -%}
    {%- if not columns -%}
        {{ return("cast(null as varchar)") }}
    {%- endif -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- set label = column | replace("'", "''") -%}
        {%- do parts.append(
            "'" ~ label ~ "=' || coalesce(cast(" ~ column ~ " as varchar), 'NULL')"
        ) -%}
    {%- endfor -%}
    {{ return(parts | join(" || ', ' || ")) }}
{%- endmacro %}


{# The key that the tests of a model declare. All keys are read from the graph once per invocation
   and kept in it: each test that shows rows would walk all nodes again. #}
{% macro key_columns(relation) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- if '_keys' not in graph -%}
        {%- set keys = {} -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'test' -%}
            {%- set test = node.test_metadata -%}
            {%- if test and node.attached_node -%}
                {%- set model = node.attached_node.split('.')[-1] -%}
                {%- if test.name == 'holds' and test.kwargs.key -%}
                    {%- do keys.update({model: test.kwargs.key}) -%}
                {%- elif test.name in ('unique_key', 'unique') -%}
                    {%- do keys.setdefault(
                        model, test.kwargs.columns or [test.kwargs.column_name]
                    ) -%}
                {%- endif -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do graph.update({'_keys': keys}) -%}
    {%- endif -%}
    {{ return(graph['_keys'].get(relation.identifier, [])) }}
{%- endmacro %}
