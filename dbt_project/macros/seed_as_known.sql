{#
  The rows of a seed or model that were known on the run's day (`as_known_on`). Every dated seed
  enters staging through it, so that no row of a release depends on a later fact.
#}
{% macro seed_as_known(relation, column='known_from_date') -%}
    (
        select *
        from {{ relation }}
        where {{ column }} <= (select as_known_on from {{ source('run', 'parameters') }})
    )
{%- endmacro %}


{#
  An end that became known later than the row itself: NULL until it was known. Without it a
  release of June would already contain what ended in July.
#}
{% macro end_date_as_known(end_column, end_known_column) -%}
    case
        when {{ end_known_column }} is null then {{ end_column }}
        when {{ end_known_column }} <= (select as_known_on from {{ source('run', 'parameters') }})
            then {{ end_column }}
    end
{%- endmacro %}
