{#
  True when a dated row holds on a day. `valid_to` is exclusive and NULL means open; a NULL
  `valid_from` means since ever.
#}
{% macro valid_on(relation, day, valid_from='valid_from', valid_to='valid_to') -%}
    (
        ({{ relation }}.{{ valid_from }} is null or {{ relation }}.{{ valid_from }} <= {{ day }})
        and ({{ relation }}.{{ valid_to }} is null or {{ day }} < {{ relation }}.{{ valid_to }})
    )
{%- endmacro %}


{# True when a row was what we knew on a day: known_from_date <= day < known_to_date. #}
{% macro known_on(relation, day) -%}
    {{ valid_on(relation, day, 'known_from_date', 'known_to_date') }}
{%- endmacro %}
