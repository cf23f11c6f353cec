{#
  Days from a day to the first day of the next state, NULL when none is foreseen. The day is an
  argument: a release uses the run's `as_of_date`, never the current date.
#}
{% macro days_to_next_change(day, next_change_date) -%}
    case
        when {{ next_change_date }} > {{ day }}
            then {{ dbt.datediff(day, next_change_date, 'day') }}
    end
{%- endmacro %}
