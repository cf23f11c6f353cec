{#
  The sum of amounts to a millionth, equal to the last bit whatever the order of the rows: sums of
  decimals are exact, those of doubles are not. An aggregate, or a window with `over`: the name of
  one, or what defines it.
#}
{% macro exact_sum(expression, over='', filter='', type='decimal(30, 6)') -%}
    cast(
        sum(cast({{ expression }} as {{ type }}))
        {%- if filter %} filter (where {{ filter }}){% endif %}
        {%- if over %} over {{ over if ' ' not in over else '(' ~ over ~ ')' }}{% endif %} as double
    )
{%- endmacro %}


{# What `exact_sum` gives for a single row. #}
{% macro exact(expression, type='decimal(30, 6)') -%}
    cast(cast({{ expression }} as {{ type }}) as double)
{%- endmacro %}
