{#
  Tables and views, replaced in one statement.

  The adapter's own materializations build beside the old relation, rename twice and drop, so that
  readers of the same database never miss it. Here nobody reads the working database while dbt
  writes it (people read releases), and on some 170 small models the renames, commits and look-ups
  of that dance cost more time than the figures do. Contracts and comments stay as they are.
#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- do drop_other_kind(target_relation) -%}
    {%- if model['language'] == 'python' -%}
        {%- call statement('main', language='python') -%}
            {{ create_table_as(False, target_relation, compiled_code, 'python') }}
        {%- endcall -%}
    {%- else -%}
        {%- call statement('main') -%}
            drop table if exists {{ target_relation }};
            {{ create_table_as(False, target_relation, compiled_code) }}
        {%- endcall -%}
    {%- endif -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb', supported_languages=['sql'] %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- do drop_other_kind(target_relation) -%}
    {%- call statement('main') -%}
        create or replace view {{ target_relation }} as (
            {{ compiled_code }}
        );
    {%- endcall -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#
  How a Python model's Arrow table gets into the database. The adapter's own of this name expects a
  new name to write to, and loads pyarrow's datasets, which cost more than most of our models.
#}
{% macro py_write_table(
    temporary, relation, compiled_code, partitioned_by=none, sorted_by=none
) -%}
{{ compiled_code }}

def materialize(table, connection):
    connection.register("python_model", table)
    connection.execute('create or replace table {{ relation }} as select * from python_model')
    connection.unregister("python_model")
{% endmacro %}


{# A model that was a view and is a table now, or the other way round, leaves its old self behind. #}
{% macro drop_other_kind(target_relation) %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- if existing_relation is not none and existing_relation.type != target_relation.type -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}
{% endmacro %}
