{#
  The sum of shares or of their products, equal to the last bit whatever the order of the rows:
  doubles give other sums in another order of threads, and a release is identified by its bytes.
  Exact to 1e-15. An aggregate, or a window with `over`: the name of one, or what defines it.
#}
{% macro order_independent_sum(expression, over='', filter='') -%}
    {{ exact_sum('round((' ~ expression ~ ') * 1e15)', over, filter, 'bigint') }} / 1e15
{%- endmacro %}
