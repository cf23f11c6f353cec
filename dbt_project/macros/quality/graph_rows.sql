{# Rows for `values`, read from the graph; see `graph_walk.sql`. #}

{% macro rows_or_nulls(rows, n_columns) -%}
    {%- if rows -%}
        {{ return(rows | join(',\n        ')) }}
    {%- endif -%}
    {{ return('(' ~ (['null'] * n_columns) | join(', ') ~ ')') }}
{%- endmacro %}

{% macro mart_column_rows() -%}
    {#- mart, position, column_name, data_type, description, mart_description, question,
        declared_null_meaning, is_never_null, inputs -#}
    {%- set rows = [] -%}
    {%- for node in published_marts() -%}
        {%- set never_null = not_null_columns(node) -%}
        {#- once a mart, not once a column: a call of a macro costs more than the text -#}
        {%- set name = sql_text(node.name) -%}
        {%- set told = sql_text(node.description) -%}
        {%- set question = sql_text(node.config.meta.get('question', '')) -%}
        {%- set inputs = sql_text(inputs_of(node.unique_id) | join(', ')) -%}
        {%- for column in node.columns.values() -%}
            {%- do rows.append(
                '(' ~ [
                    name,
                    loop.index | string,
                    sql_text(column.name),
                    sql_text(column.data_type or ''),
                    sql_text(column.description),
                    told,
                    question,
                    sql_text(column.meta.get('null_meaning', '')),
                    'true' if column.name in never_null else 'false',
                    inputs,
                ] | join(', ') ~ ')'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows_or_nulls(rows, 10)) }}
{%- endmacro %}

{% macro mart_input_rows() -%}
    {#- mart, input_name -#}
    {%- set rows = [] -%}
    {%- for node in published_marts() -%}
        {%- for input in inputs_of(node.unique_id) -%}
            {%- do rows.append('(' ~ sql_text(node.name) ~ ', ' ~ sql_text(input) ~ ')') -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows_or_nulls(rows, 2)) }}
{%- endmacro %}

{% macro mart_check_rows() -%}
    {#- mart, n_checks, n_columns, n_described: what each mart promises and tells. -#}
    {%- set rows = [] -%}
    {%- for node in published_marts() -%}
        {%- set described = node.columns.values() | selectattr('description') | list -%}
        {%- do rows.append(
            '(' ~ [
                sql_text(node.name),
                n_contract_tests(node) | string,
                node.columns | length | string,
                described | length | string,
            ] | join(', ') ~ ')'
        ) -%}
    {%- endfor -%}
    {{ return(rows_or_nulls(rows, 4)) }}
{%- endmacro %}

{% macro checks_on(unique_id) -%}
    {#-
      The data tests that read a mart, whichever file declares them. All are sorted out once per
      invocation and kept in the graph, as the keys are.
    -#}
    {%- if '_checks' not in graph -%}
        {%- set by_model = {} -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'test' -%}
            {%- for read in node.depends_on.nodes | unique -%}
                {%- do by_model.setdefault(read, []).append(node) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do graph.update({'_checks': by_model}) -%}
    {%- endif -%}
    {{ return(graph['_checks'].get(unique_id, [])) }}
{%- endmacro %}

{% macro n_contract_tests(node) -%}
    {#-
      The rules that a mart's YAML states: constraints of its columns and tests that read it. A test
      of several rules counts each of them, a test of several columns each column.
    -#}
    {%- set counts = [declared_not_null_columns(node) | length] -%}
    {%- for check in checks_on(node.unique_id) -%}
        {%- set arguments = check.test_metadata.kwargs if check.test_metadata else {} -%}
        {%- do counts.append(
            (arguments.rules or arguments.get('columns') or [check]) | length
        ) -%}
    {%- endfor -%}
    {{ return(counts | sum) }}
{%- endmacro %}

{% macro declared_not_null_columns(node) -%}
    {#- Columns that the contract keeps from being null. -#}
    {%- set names = [] -%}
    {%- for column in node.columns.values() -%}
        {%- for constraint in column.constraints if constraint.type == 'not_null' -%}
            {%- do names.append(column.name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{% macro not_null_columns(node) -%}
    {#- Columns that are never null: by contract, or as a part of a tested key. -#}
    {%- set names = declared_not_null_columns(node) -%}
    {%- for check in checks_on(node.unique_id) -%}
        {%- set test = check.test_metadata -%}
        {%- if test and test.name == 'unique_combination_of_columns'
            and check.attached_node == node.unique_id and not check.config.where -%}
            {%- do names.extend(test.kwargs.combination_of_columns) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
