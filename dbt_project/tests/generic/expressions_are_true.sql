{#
  `expression_is_true` for several rules on one model in one query, since the overhead of a test
  exceeds the time of its query. One row per rule and failing row: the rule's name and expression,
  then the whole row. A rule has

    name         what the failure is called
    expression   true where the row is right; NULL fails
    columns      optional: the rule holds for each of them, written {column} in the expression
    null_passes  optional: NULL passes
    where        optional: the rows that the rule applies to
    description  optional: the reason, for the reader of the YAML
#}
{% test expressions_are_true(model, rules) %}
    {%- set queries = [] %}
    {%- for rule in rules %}
    {%- for column in rule.columns | default(['']) %}
    {%- set expression = rule.expression.replace('{column}', column) %}
    {%- set query %}
    select
        '{{ rule.name }}' as failed_rule,
        '{{ expression.split() | join(' ') | replace("'", "''") }}' as failed_expression,
        *
    from {{ model }}
    where
        ({{ rule.where | default('true') }})
        and not coalesce(({{ expression }}), {{ rule.null_passes | default(false) | lower }})
    {%- endset %}
    {%- do queries.append(query) %}
    {%- endfor %}
    {%- endfor %}
    {{- queries | join('\n    union all') }}
{% endtest %}
