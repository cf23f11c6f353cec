{#
  As dbt_utils' test of this name: the column lies between `min_value` and `max_value`; NULL
  passes. `columns` checks several columns of a model in one query. One row per failing value: the
  column's name and value, then the whole row.
#}
{% test accepted_range(
    model, column_name=none, min_value=none, max_value=none, inclusive=true, columns=[]
) %}
    {%- set equal = '=' if inclusive else '' %}
    {%- for column in columns or [column_name] %}
    {% if not loop.first %}union all{% endif %}
    select
        '{{ column }}' as failed_column,
        {{ column }} as failed_value,
        *
    from {{ model }}
    where
        not (
            true
            {%- if min_value is not none %}
            and {{ column }} >{{ equal }} {{ min_value }}
            {%- endif %}
            {%- if max_value is not none %}
            and {{ column }} <{{ equal }} {{ max_value }}
            {%- endif %}
        )
    {%- endfor %}
{% endtest %}
