{# The distinct parts of a list in a text, sorted and joined again. #}
{% macro distinct_parts(expression, separator) -%}
    {{ return(adapter.dispatch('distinct_parts')(expression, separator)) }}
{%- endmacro %}


{% macro default__distinct_parts(expression, separator) -%}
    array_to_string(
        list_sort(list_distinct(string_split({{ expression }}, '{{ separator }}'))), '{{ separator }}'
    )
{%- endmacro %}


{% macro spark__distinct_parts(expression, separator) -%}
    concat_ws(
        '{{ separator }}', array_sort(array_distinct(split({{ expression }}, '[{{ separator }}]')))
    )
{%- endmacro %}
