{#
  What DuckDB and Spark spell differently, each thing once. Models use these names and otherwise
  only constructs that both engines answer alike.
#}
{% macro xdb_string_agg_distinct(expression, separator) -%}
    {{ return(adapter.dispatch('xdb_string_agg_distinct')(expression, separator)) }}
{%- endmacro %}

{% macro default__xdb_string_agg_distinct(expression, separator) -%}
    string_agg(distinct {{ expression }}, '{{ separator }}' order by {{ expression }})
{%- endmacro %}

{% macro spark__xdb_string_agg_distinct(expression, separator) -%}
    concat_ws('{{ separator }}', array_sort(collect_set({{ expression }})))
{%- endmacro %}


{# The days from one date to another, both DATE. #}
{% macro xdb_days_between(from_date, to_date) -%}
    {{ return(adapter.dispatch('xdb_days_between')(from_date, to_date)) }}
{%- endmacro %}

{% macro default__xdb_days_between(from_date, to_date) -%}
    cast({{ to_date }} - {{ from_date }} as integer)
{%- endmacro %}

{% macro spark__xdb_days_between(from_date, to_date) -%}
    datediff({{ to_date }}, {{ from_date }})
{%- endmacro %}


{# A timestamp with zone as the plain timestamp of UTC. #}
{% macro xdb_utc(instant) -%}
    {{ return(adapter.dispatch('xdb_utc')(instant)) }}
{%- endmacro %}

{% macro default__xdb_utc(instant) -%}
    cast({{ instant }} at time zone 'UTC' as timestamp)
{%- endmacro %}

{% macro spark__xdb_utc(instant) -%}
    cast({{ instant }} as timestamp_ntz)
{%- endmacro %}


{# A DATE so many days later. #}
{% macro xdb_add_days(day, n) -%}
    {{ return(adapter.dispatch('xdb_add_days')(day, n)) }}
{%- endmacro %}

{% macro default__xdb_add_days(day, n) -%}
    cast({{ day }} + {{ n }} as date)
{%- endmacro %}

{% macro spark__xdb_add_days(day, n) -%}
    date_add({{ day }}, {{ n }})
{%- endmacro %}


{# The column `n` from 1 to `upto`: lists in a cell are split by joining it. #}
{% macro numbers(upto) -%}
    (
        {%- for n in range(1, upto + 1) %}
        select {{ n }} as n{% if not loop.last %} union all{% endif %}
        {%- endfor %}
    )
{%- endmacro %}


{# How many parts a separated list in a cell has; 0 for NULL. #}
{% macro n_parts(column, separator='|') -%}
    case
        when {{ column }} is null then 0
        else length({{ column }}) - length(replace({{ column }}, '{{ separator }}', '')) + 1
    end
{%- endmacro %}
