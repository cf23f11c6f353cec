{#
  The sum of shares or of their products, equal to the last bit whatever the order of the rows:
  doubles give other sums in another order of threads, and a release is identified by its bytes.
  Exact to 1e-15. An aggregate, or a window with `over`: the
  name of one, or what defines it.
#}
{% macro order_independent_sum(expression, over='', filter='') -%}
    cast(
        sum(cast(round(({{ expression }}) * 1e15) as bigint))
        {%- if filter %} filter (where {{ filter }}){% endif %}
        {%- if over %} over {{ over if ' ' not in over else '(' ~ over ~ ')' }}{% endif %} as double
    ) / 1e15
{%- endmacro %}
