{# Whether a figure could be settled: a number without a unit that the house knows is no quantity. #}
{% macro has_unit(cells) -%}
    (
        {{ cells }}.value_status not in ('reported', 'estimated')
        or {{ cells }}.quantity is not null
        or {{ cells }}.quantity_low is not null
    )
{%- endmacro %}
