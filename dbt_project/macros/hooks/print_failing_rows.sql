{#
  Prints the first rows that each failing data test found, after the run: dbt itself reports their
  number only. Takes the results of the run as `on-run-end` gives them.
#}
{% macro print_failing_rows(results) -%}
    {%- for result in results
        if execute and result.node.resource_type == 'test' and result.status == 'fail' -%}
        {%- set query -%}
            select * from ({{ result.node.compiled_code }}) as failing_rows limit 10
        {%- endset -%}
        {%- set found = run_query(query) -%}
        {%- for row in found.rows -%}
            {%- set cells = [] -%}
            {%- for column in found.column_names -%}
                {%- do cells.append(column ~ '=' ~ row[column]) -%}
            {%- endfor -%}
            {%- do print(result.node.name ~ ': ' ~ cells | join(', ')) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
