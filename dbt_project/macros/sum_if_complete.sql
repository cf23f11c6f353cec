{# The sum of a group without a missing value, else NULL: a partial sum is not the total. An aggregate. #}
{% macro sum_if_complete(column) -%}
    case when count({{ column }}) = count(*) then {{ exact_sum(column) }} end
{%- endmacro %}
