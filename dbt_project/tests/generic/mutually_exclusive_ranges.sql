{#
  No two ranges of a partition overlap. As dbt_utils' test of this name, but the upper bound is
  exclusive, NULL leaves it open, `partition_by` is a list, and with `known_from_column` and
  `known_to_column` two rows clash only if both were known on one day.
#}
{% test mutually_exclusive_ranges(
    model, partition_by, lower_bound_column='valid_from', upper_bound_column='valid_to',
    known_from_column=none, known_to_column=none
) %}
    {%- set ranges = [(lower_bound_column, upper_bound_column)] %}
    {%- if known_from_column is not none %}
    {%- do ranges.append((known_from_column, known_to_column)) %}
    {%- endif %}
    with numbered as (

        select
            *,
            row_number() over () as row_number
        from {{ model }}

    )

    select
        {%- for column in partition_by %}
        a.{{ column }},
        {%- endfor %}
        a.{{ lower_bound_column }} as first_lower_bound,
        b.{{ lower_bound_column }} as second_lower_bound
    from numbered as a
    inner join numbered as b
        on
            a.row_number < b.row_number
            {%- for column in partition_by %}
            and a.{{ column }} = b.{{ column }}
            {%- endfor %}
            {%- for lower, upper in ranges %}
            and (b.{{ upper }} is null or a.{{ lower }} < b.{{ upper }})
            and (a.{{ upper }} is null or b.{{ lower }} < a.{{ upper }})
            {%- endfor %}
{% endtest %}
