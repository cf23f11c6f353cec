{# Where all data lie; the same default as in `profiles.yml`. #}
{% macro data_dir() -%}
    {{ return(env_var('PAX_HOME', '../warehouse/data')) }}
{%- endmacro %}


{#
  Stops a run of dbt before its first model when no data have landed, or only an older version has
  landed some: DuckDB would report a missing file for every staging model and no next step.
#}
{% macro require_landed_data() -%}
    {%- if execute and target.type == 'duckdb' -%}
        {%- for table in ['parameters', 'load_records', 'newest_evidence'] -%}
            {%- set files = data_dir() ~ '/landing/run/' ~ table ~ '/*.parquet' -%}
            {%- if run_query(
                "select count(*) from glob('" ~ files | replace("'", "''") ~ "')"
            ).rows[0][0] == 0 -%}
                {%- do exceptions.raise_compiler_error(
                    'No data have landed in ' ~ data_dir() ~ ', or an older version landed them. '
                    ~ 'Run `pax land --bundled` in the checkout, which also migrates (or set '
                    ~ 'PAX_HOME to a data directory that has data), then dbt again.'
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
