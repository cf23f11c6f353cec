{# Rows for `values`, read from the graph; see `graph_walk.sql`. #}

{% macro rows_or_nulls(rows, n_columns) -%}
    {%- if rows -%}
        {{ return(rows | join(',\n        ')) }}
    {%- endif -%}
    {{ return('(' ~ (['null'] * n_columns) | join(', ') ~ ')') }}
{%- endmacro %}

{% macro mart_column_rows() -%}
    {#- mart, position, column_name, data_type, description, mart_description, question,
        declared_null_meaning, is_never_null -#}
    {%- set rows = [] -%}
    {%- for node in published_marts() -%}
        {%- set never_null = not_null_columns(node) -%}
        {#- once a mart, not once a column: a call of a macro costs more than the text -#}
        {%- set name = sql_text(node.name) -%}
        {%- set description = sql_text(node.description) -%}
        {%- set question = sql_text(node.config.meta.get('question', '')) -%}
        {%- for column in node.columns.values() -%}
            {%- do rows.append(
                '(' ~ [
                    name,
                    loop.index | string,
                    sql_text(column.name),
                    sql_text(column.data_type or ''),
                    sql_text(column.description),
                    description, question,
                    sql_text(column.meta.get('null_meaning', '')),
                    'true' if column.name in never_null else 'false',
                ] | join(', ') ~ ')'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows_or_nulls(rows, 9)) }}
{%- endmacro %}

{% macro mart_input_rows() -%}
    {#-
      mart, source_id, input_kind, is_carried: the landed sources and curated registers that a mart
      is made of. A source is carried when its rows reach the mart other than through a derivation.
    -#}
    {%- set rows = [] -%}
    {%- set closed = derivations() if execute else {} -%}
    {%- for node in published_marts() -%}
        {%- set ancestors = upstream_of(node.unique_id) -%}
        {%- set name = sql_text(node.name) -%}
        {%- for source in sources_among(ancestors) -%}
            {%- set is_carried = source not in closed
                or source in sources_among(upstream_of(node.unique_id, closed[source])) -%}
            {%- do rows.append(
                '(' ~ name ~ ', ' ~ sql_text(source) ~ ", 'source', " ~ is_carried | lower ~ ')'
            ) -%}
        {%- endfor -%}
        {%- for seed in ancestors
            if seed.startswith('seed.') and 'curated' in graph.nodes[seed].fqn -%}
            {%- do rows.append(
                '(' ~ name ~ ', ' ~ sql_text(graph.nodes[seed].name) ~ ", 'register', true)"
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows_or_nulls(rows, 4)) }}
{%- endmacro %}

{% macro mart_check_rows() -%}
    {#- mart, n_checks, n_columns, n_described: what each mart promises and describes. -#}
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
      The data tests that read a mart, whichever file declares them. All are grouped once per
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
