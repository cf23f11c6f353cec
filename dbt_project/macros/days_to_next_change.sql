{#
  Days from a day to the first day of the next state, NULL when none is foreseen. What depends on
  today stays an argument: a release takes the run's `as_of_date`.
#}
{% macro days_to_next_change(day, next_change_date) -%}
    case
        when {{ next_change_date }} > {{ day }}
            then {{ xdb_days_between(day, next_change_date) }}
    end
{%- endmacro %}
