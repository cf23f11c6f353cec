{#
  Models with the tag `spark` run on Spark; all others, Python models and seeds among them, run on
  DuckDB. Each engine reads what the other built as Parquet below `working/spark`: `inputs` that
  DuckDB exported and `tables` that Spark wrote.
#}


{# The folder of both, in the working files of the data directory. #}
{% macro spark_folder() -%}
    {{ return(data_dir() ~ '/working/spark') }}
{%- endmacro %}


{# A text as an SQL literal. #}
{% macro quoted(text) -%}
    {{ return("'" ~ dbt.escape_single_quotes(text) ~ "'") }}
{%- endmacro %}


{#
  Before a run on Spark: its catalog is empty, so what the selected models read and do not build
  becomes a table over Parquet: the landing of a source, an export of DuckDB. Where nothing has landed
  there is only a file of columns that Spark does not see, and an export stands for it. Tables that an
  earlier run of the same session has built are left as they are.
#}
{% macro create_spark_inputs() -%}
    {%- if execute and target.type == 'spark' -%}
        {%- set found = {} -%}
        {%- set exported = env_var('PAX_SPARK_EXPORTED_SOURCES', '').split() -%}
        {%- for id in selected_resources if id in graph.nodes -%}
            {%- for parent in graph.nodes[id].depends_on.nodes if parent not in selected_resources -%}
                {%- set node = graph.nodes.get(parent) or graph.sources.get(parent) -%}
                {%- do found.update({parent: node}) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for id, node in found.items() -%}
            {%- if node.resource_type == 'source' and node.schema ~ '.' ~ node.identifier not in exported -%}
                {%- set files = data_dir() ~ '/landing/' ~ node.schema ~ '/' ~ node.identifier -%}
            {%- else -%}
                {%- set files = spark_folder() ~ '/inputs/' ~ node.schema ~ '/' ~ (node.identifier or node.alias) -%}
            {%- endif -%}
            {%- set name = node.schema ~ '.' ~ (node.identifier or node.alias) -%}
            {%- do run_query('create schema if not exists ' ~ node.schema) -%}
            {%- if 'spark' not in node.tags -%}
                {%- do run_query('drop table if exists ' ~ name) -%}
                {%- do run_query(
                    'create table ' ~ name ~ ' using parquet location ' ~ quoted(files)
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#
  On DuckDB, by `dbt run-operation`: take over tables that Spark wrote. A table replaced by period
  forgets the versions it was built from, so that the next run on DuckDB builds it whole.
#}
{% macro take_over_spark_tables(tables) -%}
    {%- for table in tables -%}
        {%- set schema, name = table.split('.') -%}
        {%- set files = spark_folder() ~ '/tables/' ~ schema ~ '.db/' ~ name ~ '/*.parquet' -%}
        {%- do run_query('create schema if not exists ' ~ schema) -%}
        {%- do run_query(
            'create or replace table ' ~ table ~ ' as from read_parquet(' ~ quoted(files) ~ ')'
        ) -%}
        {%- do run_query(
            'delete from ' ~ ref('int_trade__built_periods')
            ~ ' where model_name = ' ~ quoted(name)
        ) -%}
    {%- endfor -%}
{%- endmacro %}
