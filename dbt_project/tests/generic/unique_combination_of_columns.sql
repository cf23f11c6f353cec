{# The columns together name one row. Other than in dbt_utils' test, a NULL in one of them fails. #}
{% test unique_combination_of_columns(model, combination_of_columns) %}
    select
        {{ combination_of_columns | join(', ') }},
        count(*) as n_rows
    from {{ model }}
    group by {{ combination_of_columns | join(', ') }}
    having count(*) > 1
        {%- for column in combination_of_columns %}
        or {{ column }} is null
        {%- endfor %}
{% endtest %}
