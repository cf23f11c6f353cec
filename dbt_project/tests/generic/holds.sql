{#
  Every rule holds in every row, asked in one scan. One row per broken rule: its name, how many
  rows break it and one of them, by its key. A rule has

    name         what the failure is called
    expression   true where the row is right; NULL counts as not true
    null_passes  optional: NULL counts as true
    where        optional: the rows that are asked
    description  optional: why, for the reader of the YAML
#}
{% test holds(model, rules) %}
    {#- The key is spelt out for broken rows alone: it would cost more than the rules. #}
    {%- set key = key_text(model) %}
    with flagged as (
        select
            *
            {%- for rule in rules %},
            ({{ rule.where | default('true') }})
            and not coalesce(
                ({{ rule.expression }}), {{ rule.null_passes | default(false) | lower }}
            )
            as breaks_{{ loop.index }}
            {%- endfor %}
        from {{ model }}
    ),

    counted as (
        select
            {%- for rule in rules %}
            count(*) filter (where breaks_{{ loop.index }}) as n_{{ loop.index }},
            min(case when breaks_{{ loop.index }} then {{ key }} end) as sample_{{ loop.index }}
            {%- if not loop.last %},{% endif %}
            {%- endfor %}
        from flagged
    )
    {% for rule in rules %}
    {% if not loop.first %}union all{% endif %}
    select
        '{{ rule.name }}' as rule,
        n_{{ loop.index }} as broken_rows,
        sample_{{ loop.index }} as sample
    from counted
    where n_{{ loop.index }} > 0
    {%- endfor %}
{% endtest %}
