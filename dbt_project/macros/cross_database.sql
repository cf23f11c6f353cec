{#
  All that DuckDB and Spark write or answer differently, and that models need: what dbt has itself
  (`dbt.dateadd`, `dbt.datediff`, `dbt.hash`) is used from there. `docs/spark.md` lists what a model
  that runs on Spark must not use.
#}


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


{# A timestamp with time zone as the timestamp without one of UTC. #}
{% macro utc_timestamp(instant) -%}
    {{ return(adapter.dispatch('utc_timestamp')(instant)) }}
{%- endmacro %}


{% macro default__utc_timestamp(instant) -%}
    cast({{ instant }} at time zone 'UTC' as timestamp)
{%- endmacro %}


{% macro spark__utc_timestamp(instant) -%}
    cast({{ instant }} as timestamp_ntz)
{%- endmacro %}


{# The distinct values of several columns of one row, sorted and joined; NULL ones are left out. #}
{% macro concat_distinct(columns, separator) -%}
    {{ return(adapter.dispatch('concat_distinct')(columns, separator)) }}
{%- endmacro %}


{% macro default__concat_distinct(columns, separator) -%}
    array_to_string(list_sort(list_distinct([{{ columns | join(', ') }}])), '{{ separator }}')
{%- endmacro %}


{% macro spark__concat_distinct(columns, separator) -%}
    concat_ws(
        '{{ separator }}',
        array_sort(array_distinct(array_compact(array({{ columns | join(', ') }}))))
    )
{%- endmacro %}


{# The distinct parts of a list in a text, sorted and joined again. #}
{% macro distinct_parts(expression, separator) -%}
    {{ return(adapter.dispatch('distinct_parts')(expression, separator)) }}
{%- endmacro %}


{% macro default__distinct_parts(expression, separator) -%}
    array_to_string(
        list_sort(list_distinct(string_split({{ expression }}, '{{ separator }}'))), '{{ separator }}'
    )
{%- endmacro %}


{% macro spark__distinct_parts(expression, separator) -%}
    concat_ws(
        '{{ separator }}', array_sort(array_distinct(split({{ expression }}, '[{{ separator }}]')))
    )
{%- endmacro %}


{# All distinct values of a group, sorted and joined. An aggregate; NULL for a group without one. #}
{% macro listagg_distinct(expression, separator) -%}
    {{ return(adapter.dispatch('listagg_distinct')(expression, separator)) }}
{%- endmacro %}


{# `string_agg(distinct …)` costs five times as much: most groups are of one row #}
{% macro default__listagg_distinct(expression, separator) -%}
    case
        when count({{ expression }}) > 0
            then array_to_string(list_sort(list_distinct(list({{ expression }}))), '{{ separator }}')
    end
{%- endmacro %}


{# Spark's own `listagg(distinct …)` fails beside another distinct aggregate (4.3) #}
{% macro spark__listagg_distinct(expression, separator) -%}
    case
        when count({{ expression }}) > 0
            then array_join(array_sort(collect_set({{ expression }})), '{{ separator }}')
    end
{%- endmacro %}


{# Eight hexadecimal digits that stand for the values of a group in an order. An aggregate. #}
{% macro content_hash(expression, order_by) -%}
    {{ return(adapter.dispatch('content_hash')(expression, order_by)) }}
{%- endmacro %}


{% macro default__content_hash(expression, order_by) -%}
    substr({{ dbt.hash(dbt.listagg(expression, "','", 'order by ' ~ order_by)) }}, 1, 8)
{%- endmacro %}


{% macro spark__content_hash(expression, order_by) -%}
    substr(md5({{ listagg_ordered(expression, ',', order_by) }}), 1, 8)
{%- endmacro %}


{# One value of several, given as {name: expression}; its fields are read as `value.name`. #}
{% macro struct_of(fields) -%}
    {{ return(adapter.dispatch('struct_of')(fields)) }}
{%- endmacro %}


{% macro default__struct_of(fields) -%}
    {
        {%- for name, expression in fields.items() %}
        '{{ name }}': {{ expression }}{{ ',' if not loop.last }}
        {%- endfor %}
    }
{%- endmacro %}


{% macro spark__struct_of(fields) -%}
    named_struct(
        {%- for name, expression in fields.items() %}
        '{{ name }}', {{ expression }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#
  The largest of structs with the named fields, compared field by field; a NULL field is the largest
  in DuckDB and the smallest in Spark's own `max`. An aggregate.
#}
{% macro max_struct(struct, names, filter) -%}
    {{ return(adapter.dispatch('max_struct')(struct, names, filter)) }}
{%- endmacro %}


{% macro default__max_struct(struct, names, filter) -%}
    max({{ struct }}) filter (where {{ filter }})
{%- endmacro %}


{% macro spark__max_struct(struct, names, filter) -%}
    max_by(
        {{ struct }},
        struct({% for name in names %}
            {{ struct }}.{{ name }} is null, {{ struct }}.{{ name }}{{ ',' if not loop.last }}
        {%- endfor %})
    ) filter (where {{ filter }})
{%- endmacro %}


{# An order by structs with the named fields, the largest first and NULL last, as `max_struct` has it. #}
{% macro struct_desc(struct, names) -%}
    {{ return(adapter.dispatch('struct_desc')(struct, names)) }}
{%- endmacro %}


{% macro default__struct_desc(struct, names) -%}
    {{ struct }} desc nulls last
{%- endmacro %}


{% macro spark__struct_desc(struct, names) -%}
    {{ struct }} is null
    {%- for name in names %}, {{ struct }}.{{ name }} desc nulls first{% endfor %}
{%- endmacro %}


{# First day of the window of `n` months that ends with a day, DATE. #}
{% macro first_month_of_window(last_day, n) -%}
    {{ return(adapter.dispatch('first_month_of_window')(last_day, n)) }}
{%- endmacro %}


{% macro default__first_month_of_window(last_day, n) -%}
    cast(date_trunc('month', {{ last_day }} - interval ({{ n }} - 1) month) as date)
{%- endmacro %}


{% macro spark__first_month_of_window(last_day, n) -%}
    trunc(add_months({{ last_day }}, 1 - {{ n }}), 'MM')
{%- endmacro %}


{# The values of a group in an order, joined; NULL ones are left out. An aggregate. #}
{% macro listagg_ordered(expression, separator, order_by) -%}
    {{ return(adapter.dispatch('listagg_ordered')(expression, separator, order_by)) }}
{%- endmacro %}


{% macro default__listagg_ordered(expression, separator, order_by) -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}


{% macro spark__listagg_ordered(expression, separator, order_by) -%}
    case
        when count({{ expression }}) > 0
            then array_join(
                transform(
                    array_sort(collect_list(
                        case
                            when {{ expression }} is not null
                                then struct({{ order_by }}, {{ expression }} as joined)
                        end
                    )), part -> part.joined
                ), '{{ separator }}'
            )
    end
{%- endmacro %}


{# All columns of a relation but the named ones. #}
{% macro all_but(relation, columns) -%}
    {{ return(adapter.dispatch('all_but')(relation, columns)) }}
{%- endmacro %}


{% macro default__all_but(relation, columns) -%}
    {{ relation }}.* exclude ({{ columns | join(', ') }})
{%- endmacro %}


{% macro spark__all_but(relation, columns) -%}
    {{ relation }}.* except ({{ columns | join(', ') }})
{%- endmacro %}


{# A relation with the column `n` from 1 to `last`. #}
{% macro numbers(last) -%}
    {{ return(adapter.dispatch('numbers')(last)) }}
{%- endmacro %}


{% macro default__numbers(last) -%}
    (
        {%- for n in range(1, last + 1) %}
        select {{ n }} as n{% if not loop.last %} union all{% endif %}
        {%- endfor %}
    )
{%- endmacro %}


{# a thousand selects are too many for its parser #}
{% macro spark__numbers(last) -%}
    (select cast(id as integer) as n from range(1, {{ last + 1 }}))
{%- endmacro %}
