{# The lineage part of one row: `<source_id>@<edition>`. #}
{% macro lineage_part(source_id, edition) -%}
    {{ source_id }} || '@' || {{ edition }}
{%- endmacro %}


{# All distinct lineage parts of a group, sorted and joined with '+'. An aggregate. #}
{% macro lineage_of(part) -%}
    {{ xdb_string_agg_distinct(part, '+') }}
{%- endmacro %}
