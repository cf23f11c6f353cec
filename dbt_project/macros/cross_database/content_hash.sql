{#
  Eight hexadecimal digits that stand for the values of a group in an order. An aggregate.
#}
{% macro content_hash(expression, order_by) -%}
    substr({{ dbt.hash(dbt.listagg(expression, "','", 'order by ' ~ order_by)) }}, 1, 8)
{%- endmacro %}
