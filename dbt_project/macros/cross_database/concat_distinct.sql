{# The distinct values of several columns of one row, sorted and joined; NULL ones are left out. #}
{% macro concat_distinct(columns, separator) -%}
    {{ return(adapter.dispatch('concat_distinct')(columns, separator)) }}
{%- endmacro %}


{% macro default__concat_distinct(columns, separator) -%}
    array_to_string(list_sort(list_distinct([{{ columns | join(', ') }}])), '{{ separator }}')
{%- endmacro %}


{% macro spark__concat_distinct(columns, separator) -%}
    concat_ws(
        '{{ separator }}',
        array_sort(array_distinct(array_compact(array({{ columns | join(', ') }}))))
    )
{%- endmacro %}
