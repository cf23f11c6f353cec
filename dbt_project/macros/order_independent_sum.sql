{#
  The sum of shares or of their products, equal to the last bit whatever the order of the rows:
  doubles give other sums in another order of threads, and a release is identified by its bytes.
  Exact to 1e-15. An aggregate.
#}
{% macro order_independent_sum(expression) -%}
    cast(sum(cast(round(({{ expression }}) * 1e15) as bigint)) as double) / 1e15
{%- endmacro %}
