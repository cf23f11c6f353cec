{# The expression is true in every row. NULL fails, unless `null_passes` (dbt_utils lets it pass). #}
{% test expression_is_true(model, expression, null_passes=false) %}
    select *
    from {{ model }}
    where not coalesce(({{ expression }}), {{ null_passes | lower }})
{% endtest %}
