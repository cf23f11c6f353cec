{#
  What DuckDB and Spark spell differently, each thing once. Models use these names and otherwise
  only constructs that both engines answer alike. The target is asked instead of dispatching: the
  linter renders these macros without an adapter.
#}
{% macro xdb_is_spark() -%}
    {{ 'yes' if target is defined and target.type == 'spark' }}
{%- endmacro %}


{# All distinct values of a group, sorted and joined. An aggregate. #}
{% macro xdb_string_agg_distinct(expression, separator) -%}
    {%- if xdb_is_spark() -%}
        concat_ws('{{ separator }}', array_sort(collect_set({{ expression }})))
    {%- else -%}
        string_agg(distinct {{ expression }}, '{{ separator }}' order by {{ expression }})
    {%- endif -%}
{%- endmacro %}


{# The values of some columns of one row, each once, sorted and joined; NULL ones are left out. #}
{% macro xdb_join_distinct(columns, separator) -%}
    {%- if xdb_is_spark() -%}
        concat_ws(
            '{{ separator }}',
            array_sort(array_distinct(array_compact(array({{ columns | join(', ') }}))))
        )
    {%- else -%}
        array_to_string(list_sort(list_distinct([{{ columns | join(', ') }}])), '{{ separator }}')
    {%- endif -%}
{%- endmacro %}


{#
  The function that makes 64 bits of any values: a short name for a long key within one run. Engines
  and their versions give other numbers, so it is never published.
#}
{% macro xdb_hash() -%}
    {{ 'xxhash64' if xdb_is_spark() else 'hash' }}
{%- endmacro %}


{# The days from one date to another, both DATE. #}
{% macro xdb_days_between(from_date, to_date) -%}
    {%- if xdb_is_spark() -%}
        datediff({{ to_date }}, {{ from_date }})
    {%- else -%}
        cast({{ to_date }} - {{ from_date }} as integer)
    {%- endif -%}
{%- endmacro %}


{# A timestamp with zone as the plain timestamp of UTC. #}
{% macro xdb_utc(instant) -%}
    {%- if xdb_is_spark() -%}
        cast({{ instant }} as timestamp_ntz)
    {%- else -%}
        cast({{ instant }} at time zone 'UTC' as timestamp)
    {%- endif -%}
{%- endmacro %}


{# A DATE so many days later. #}
{% macro xdb_add_days(day, n) -%}
    {%- if xdb_is_spark() -%}
        date_add({{ day }}, {{ n }})
    {%- else -%}
        cast({{ day }} + {{ n }} as date)
    {%- endif -%}
{%- endmacro %}


{# The column `n` from 1 to `max_parts`: lists in a cell are split by joining it. #}
{% macro numbers(max_parts) -%}
    (
        {%- for n in range(1, max_parts + 1) %}
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


{# The middle value of a group; of an even number the mean of the two in the middle. An aggregate. #}
{% macro xdb_median(expression) -%}
    {%- if xdb_is_spark() -%}
        percentile({{ expression }}, 0.5)
    {%- else -%}
        median({{ expression }})
    {%- endif -%}
{%- endmacro %}


{# `union all` by the columns' names; what one side lacks is NULL. Spark says it with DataFrames only. #}
{% macro xdb_union_by_name() -%}
    union all by name
{%- endmacro %}
