{#
  The landed Parquet of one table of a source, as known on the run's day: every staging model
  begins with it. The landing keeps an empty file with the declared schema for each table, so a
  source with nothing landed gives an empty relation and never an error.
#}
{% macro source_as_known(source_name, table_name) -%}
    (
        select *
        from {{ source(source_name, table_name) }}
        where known_from_date <= (
            select as_known_on from {{ source('run', 'parameters') }}
        )
    )
{%- endmacro %}
