{#
  A 64-bit number for the values of several columns: a short name for a long key within one run.
  Engines and their versions give other numbers, so it is never published. `dbt.hash` gives text
  of one column, which costs more to compare than the key itself.
#}
{% macro hash_64(columns) -%}
    {{ return(adapter.dispatch('hash_64')(columns)) }}
{%- endmacro %}


{% macro default__hash_64(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}


{% macro spark__hash_64(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}
