{#
  The landed Parquet of one table of a source, as known on the run's day: every staging model
  starts from it. The landing has an empty file with the declared schema for each table, so a
  source without landed data gives an empty relation and no error.
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
