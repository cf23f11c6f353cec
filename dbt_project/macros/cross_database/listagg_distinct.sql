{# All distinct values of a group, sorted and joined. An aggregate; NULL for a group without one. #}
{% macro listagg_distinct(expression, separator) -%}
    {{ dbt.listagg('distinct ' ~ expression, "'" ~ separator ~ "'", 'order by ' ~ expression) }}
{%- endmacro %}
