{#
  Rows of a list in a cell: one row per part, with the named columns of the relation. Parts are
  trimmed; `part_number` is their position. A list with more than `max_parts` parts must fail a
  test (`n_parts` of the column), since it would be cut here.
#}
{% macro split_list(relation, columns, list_column, part_name, separator='|', max_parts=20) -%}
    select
        {%- for column in columns %}
        lists.{{ column }},
        {%- endfor %}
        numbers.n as part_number,
        trim(split_part(lists.{{ list_column }}, '{{ separator }}', numbers.n)) as {{ part_name }}
    from {{ relation }} as lists
    inner join {{ numbers(max_parts) }} as numbers
        on numbers.n <= {{ n_parts('lists.' ~ list_column, separator) }}
{%- endmacro %}


{# How many parts a separated list in a cell has; 0 for NULL. #}
{% macro n_parts(column, separator='|') -%}
    case
        when {{ column }} is null then 0
        else length({{ column }}) - length(replace({{ column }}, '{{ separator }}', '')) + 1
    end
{%- endmacro %}
