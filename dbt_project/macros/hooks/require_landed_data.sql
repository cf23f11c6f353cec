{# Where all data lie; the same default as in `profiles.yml`. #}
{% macro data_dir() -%}
    {{ return(env_var('PAX_HOME', '../warehouse/data')) }}
{%- endmacro %}


{#
  Stops a run of dbt before its first model when no data have landed: DuckDB would report a missing
  file for every staging model and no next step.
#}
{% macro require_landed_data() -%}
    {%- if execute -%}
        {%- set parameters = data_dir() ~ '/landing/run/parameters/*.parquet' -%}
        {%- if run_query("select count(*) from glob('" ~ parameters ~ "')").rows[0][0] == 0 -%}
            {%- do exceptions.raise_compiler_error(
                'No data have landed in ' ~ data_dir() ~ '. Run `pax land --bundled` in the '
                ~ 'checkout (or set PAX_HOME to a data directory that has data), then dbt again.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
