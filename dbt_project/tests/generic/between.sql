{# Values lie within the bounds, both inclusive up to `tolerance`; NULL passes. #}
{% test between(model, column_name, min_value=none, max_value=none, tolerance=0) %}
    select {{ column_name }}
    from {{ model }}
    where
        false
        {%- if min_value is not none %}
        or {{ column_name }} < {{ min_value }} - {{ tolerance }}
        {%- endif %}
        {%- if max_value is not none %}
        or {{ column_name }} > {{ max_value }} + {{ tolerance }}
        {%- endif %}
{% endtest %}
