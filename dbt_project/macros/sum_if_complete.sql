{# The sum of a group of which no value is missing, else NULL: a part is not the whole. An aggregate. #}
{% macro sum_if_complete(column) -%}
    case when count({{ column }}) = count(*) then sum({{ column }}) end
{%- endmacro %}
