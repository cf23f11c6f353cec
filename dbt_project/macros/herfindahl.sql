{#
  Herfindahl-Hirschman index (0-1) of shares (0-1): the sum of their squares. An aggregate; NULL
  when there is no share. Shares must be of one whole and sum to one.
#}
{% macro herfindahl(share) -%}
    sum(({{ share }}) * ({{ share }}))
{%- endmacro %}
