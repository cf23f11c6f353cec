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


{% macro key_columns(relation) -%}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'test' -%}
            {%- set test = node.test_metadata -%}
            {%- if test and test.name in ('unique_key', 'unique') and node.attached_node
                and node.attached_node.split('.')[-1] == relation.identifier -%}
                {%- do found.append(test.kwargs.columns or [test.kwargs.column_name]) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found | first if found else []) }}
{%- endmacro %}
