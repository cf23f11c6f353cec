{#
  Rows of a list in a cell: one row per part, with the named columns of the relation. Parts are
  trimmed; `part_number` is their place. A list with more than `max_parts` parts must fail a test
  (`n_parts` of the column), it would be cut here.
#}
{% macro split_list(relation, columns, list_column, part_name, separator='|', max_parts=20) -%}
    select
        {%- for column in columns %}
        listed.{{ column }},
        {%- endfor %}
        numbers.n as part_number,
        trim(split_part(listed.{{ list_column }}, '{{ separator }}', numbers.n)) as {{ part_name }}
    from {{ relation }} as listed
    inner join {{ numbers(max_parts) }} as numbers
        on numbers.n <= {{ n_parts('listed.' ~ list_column, separator) }}
{%- endmacro %}
