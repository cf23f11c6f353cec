{# A relation with the column `n` from 1 to `last`. #}
{% macro numbers(last) -%}
    (
        {%- for n in range(1, last + 1) %}
        select {{ n }} as n{% if not loop.last %} union all{% endif %}
        {%- endfor %}
    )
{%- endmacro %}
