{#
  True when a dated row is valid on a day. `valid_to` is exclusive and NULL means open; a NULL
  `valid_from` means always.
#}
{% macro valid_on(relation, day, valid_from='valid_from', valid_to='valid_to') -%}
    (
        ({{ relation }}.{{ valid_from }} is null or {{ relation }}.{{ valid_from }} <= {{ day }})
        and ({{ relation }}.{{ valid_to }} is null or {{ day }} < {{ relation }}.{{ valid_to }})
    )
{%- endmacro %}


{# True when a row was known on a day: known_from_date <= day < known_to_date. #}
{% macro known_on(relation, day) -%}
    {{ valid_on(relation, day, 'known_from_date', 'known_to_date') }}
{%- endmacro %}


{# The earlier of two days of which either may be NULL, which means open. #}
{% macro earlier_date(one, other) -%}
    case
        when {{ one }} is null then {{ other }}
        when {{ other }} is null then {{ one }}
        when {{ one }} < {{ other }} then {{ one }}
        else {{ other }}
    end
{%- endmacro %}
