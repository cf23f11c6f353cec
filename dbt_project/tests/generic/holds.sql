{#
  Every rule holds in every row, asked in one scan, and the columns of `key`, if given, name one row
  each and are never NULL (a test of its own would cost a run more than its query). One row per
  broken rule: its name, how many rows (or keys) break it and one of them, by its key. A rule has

    name         what the failure is called
    expression   true where the row is right; NULL counts as not true
    null_passes  optional: NULL counts as true
    where        optional: the rows that are asked
    description  optional: why, for the reader of the YAML
#}
{% test holds(model, rules, key=[]) %}
    {#- The key is spelt out for broken rows alone: it would cost more than the rules. #}
    {%- set sample = key_text(model) %}
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
            min(case when breaks_{{ loop.index }} then {{ sample }} end) as sample_{{ loop.index }}
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
    {%- if key %}
    union all
    select
        'key_names_one_row' as rule,
        count(*) as broken_rows,
        min(sample) as sample
    from (
        select {{ sample }} as sample
        from {{ model }}
        group by {{ key | join(', ') }}
        having count(*) > 1
            {%- for column in key %}
            or {{ column }} is null
            {%- endfor %}
    ) as twice
    having count(*) > 0
    {%- endif %}
{% endtest %}
