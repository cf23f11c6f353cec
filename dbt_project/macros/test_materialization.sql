{#
  Data tests. As the adapter's, but a failing test says what it found: its first rows are printed
  (also where dbt is told to be quiet), asked a second time because they are few.
#}
{% materialization test, adapter='duckdb' %}
    {%- call statement('main', fetch_result=true) -%}
        {{ get_test_sql(
            sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'),
            config.get('limit')
        ) }}
    {%- endcall -%}
    {%- if load_result('main').data[0][0] and config.get('severity') | lower == 'error' -%}
        {%- set found = run_query('select * from (' ~ sql ~ ') as found limit 10') -%}
        {%- for row in found.rows -%}
            {%- set cells = [] -%}
            {%- for column in found.column_names -%}
                {%- do cells.append(column ~ '=' ~ row[column]) -%}
            {%- endfor -%}
            {%- do print(model.name ~ ': ' ~ cells | join(', ')) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return({'relations': []}) }}
{% endmaterialization %}
