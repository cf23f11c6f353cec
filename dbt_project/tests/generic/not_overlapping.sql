{#
  No two rows of a group hold on the same day. Ends are exclusive, NULL is open. With
  `known_from` and `known_to` two rows clash only if both were known on one day.
  `key` tells the rows of a group apart.
#}
{% test not_overlapping(
    model, group_by, key, valid_from='valid_from', valid_to='valid_to', known_from=none,
    known_to=none
) %}
    select
        {%- for column in group_by %}
        a.{{ column }},
        {%- endfor %}
        a.{{ valid_from }} as first_from,
        b.{{ valid_from }} as second_from
    from {{ model }} as a
    inner join {{ model }} as b
        on
            true
            {%- for column in group_by %}
            and a.{{ column }} = b.{{ column }}
            {%- endfor %}
            and (
                {%- for column in key %}
                {% if not loop.first %}or {% endif %}a.{{ column }} < b.{{ column }}
                {%- endfor %}
            )
            and (b.{{ valid_to }} is null or a.{{ valid_from }} < b.{{ valid_to }})
            and (a.{{ valid_to }} is null or b.{{ valid_from }} < a.{{ valid_to }})
            {%- if known_from is not none %}
            and (b.{{ known_to }} is null or a.{{ known_from }} < b.{{ known_to }})
            and (a.{{ known_to }} is null or b.{{ known_from }} < a.{{ known_to }})
            {%- endif %}
{% endtest %}
