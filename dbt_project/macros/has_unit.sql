{# True when a figure has a quantity or needs none: a number without a known unit is no quantity. #}
{% macro has_unit(figures) -%}
    (
        {{ figures }}.value_status not in ('reported', 'estimated')
        or {{ figures }}.quantity is not null
        or {{ figures }}.quantity_low is not null
    )
{%- endmacro %}
