{#
  Models of UN Comtrade's declarations, and the facts with them, are incremental by period: a run
  replaces the periods whose inputs have changed, and keeps the others. A hook deletes them before
  the model appends their rows. `versions` names models with a row per source and period and a
  hash of everything that the period's rows are computed from (`int_trade__declared_periods` and
  others). `int_trade__built_periods` holds the versions that each table was built from; a model
  and its entries there are written in one transaction. So a run that is killed, a file that is
  removed, a correction and a late arrival all lead to the rows of a full build.

  dbt cannot see that a model's SQL has changed: `pax run` then makes every table anew; by hand it
  is `dbt build --full-refresh`.

  On Spark these models are plain tables, built whole and without versions: a table of Spark that is
  no Delta or Iceberg table cannot be deleted from.
#}


{# The materialization of a model that is replaced by period. #}
{% macro incremental_by_period() -%}
    {{ return(adapter.dispatch('incremental_by_period')()) }}
{%- endmacro %}


{% macro default__incremental_by_period() -%}
    {{ return('incremental') }}
{%- endmacro %}


{% macro spark__incremental_by_period() -%}
    {{ return('table') }}
{%- endmacro %}


{# Periods of `versions` that `this` was built from as they are now, or was not; their `columns`. #}
{% macro periods_of(versions, columns, is_changed) -%}
    {%- for name in versions %}
        select {% for column in columns %}now.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
        from {{ ref(name) }} as now
        left join {{ ref('int_trade__built_periods') }} as built
            on
                built.model_name = '{{ this.identifier }}'
                and now.source_id = built.source_id
                and now.period_type = built.period_type
                and now.period_start_date = built.period_start_date
        where now.version is {{ 'distinct from' if is_changed else 'not distinct from' }} built.version
        {{ 'union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{# Follows a relation in `from`: all of it in a full build, else the changed periods. #}
{% macro only_changed_periods(versions, columns=['period_type', 'period_start_date']) -%}
    {{ return(adapter.dispatch('only_changed_periods')(versions, columns)) }}
{%- endmacro %}


{% macro spark__only_changed_periods(versions, columns) -%}
{%- endmacro %}


{% macro default__only_changed_periods(versions, columns) -%}
    {#- a unit test has no table of its own, and is of all rows that it gives -#}
    {%- if this is not none and is_incremental() %}
        semi join ({{ periods_of(versions, columns, true) }}) as changed
            using ({{ columns | join(', ') }})
    {%- endif -%}
{%- endmacro %}


{# A hook before a model: deletes its rows of periods that have changed or are no more. #}
{% macro delete_changed_periods(versions, columns=['period_type', 'period_start_date']) -%}
    {{ return(adapter.dispatch('delete_changed_periods')(versions, columns)) }}
{%- endmacro %}


{% macro spark__delete_changed_periods(versions, columns) -%}
{%- endmacro %}


{% macro default__delete_changed_periods(versions, columns) -%}
    {%- set unchanged = periods_of(versions, columns, false) -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where ({{ columns | join(', ') }}) not in ({{ unchanged }})
    {%- endif -%}
{%- endmacro %}


{# A hook after a model: the versions that its table is built from. #}
{% macro record_built_periods(versions) -%}
    {{ return(adapter.dispatch('record_built_periods')(versions)) }}
{%- endmacro %}


{% macro spark__record_built_periods(versions) -%}
{%- endmacro %}


{% macro default__record_built_periods(versions) -%}
    delete from {{ ref('int_trade__built_periods') }} where model_name = '{{ this.identifier }}';
    {%- for name in versions %}
    insert into {{ ref('int_trade__built_periods') }}
        (model_name, source_id, period_type, period_start_date, version)
    select '{{ this.identifier }}', source_id, period_type, period_start_date, version
    from {{ ref(name) }};
    {%- endfor -%}
{%- endmacro %}
