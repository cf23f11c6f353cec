{#
  A row's share (0-1) of its group's sum, NULL when the group sums to zero. `partition_by` is a
  list of columns; the denominator keeps every row of the group, unmapped ones too.
#}
{% macro share_within(value, partition_by) -%}
    ({{ value }}) / nullif(sum({{ value }}) over (partition by {{ partition_by | join(', ') }}), 0)
{%- endmacro %}
