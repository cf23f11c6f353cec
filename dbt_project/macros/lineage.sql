{# The lineage part of one row: `<source_id>@<edition>`. #}
{% macro lineage_part(source_id, edition) -%}
    {{ source_id }} || '@' || {{ edition }}
{%- endmacro %}


{# All distinct lineage parts of a group, sorted and joined with '+'. An aggregate. #}
{% macro lineage_of(part) -%}
    {{ listagg_distinct(part, '+') }}
{%- endmacro %}


{# The distinct lineage parts of several columns of one row, sorted and joined with '+'. #}
{% macro lineage_union(columns) -%}
    {{ concat_distinct(columns, '+') }}
{%- endmacro %}


{# The lineage of a curated register's rows: its name and its edition of this run. #}
{% macro register_lineage(register) -%}
    (
        select {{ lineage_part('source_id', 'cast(known_from_date as varchar)') }}
        from {{ ref('int_run__register_editions') }}
        where source_id = '{{ register }}'
    )
{%- endmacro %}


{# The lineage of a scenario's result: its figures, its register, and the projects that it counts. #}
{% macro scenario_lineage(results) -%}
    coalesce({{ results }}.lineage_id || '+', '')
    || case
        when {{ results }}.capacity_basis = 'base_year_and_projects'
            then {{ register_lineage('infrastructure_projects') }} || '+'
        else ''
    end
    || {{ register_lineage('scenarios') }}
{%- endmacro %}
