{# The expression is true in every row; NULL counts as not true unless `null_passes`. #}
{% test expression_is_true(model, expression, where='true', null_passes=false) %}
    select *
    from {{ model }}
    where
        ({{ where }})
        and not coalesce(({{ expression }}), {{ 'true' if null_passes else 'false' }})
{% endtest %}
