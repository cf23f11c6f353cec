{# Arithmetic that the supply and dependency models share. #}

{#
  The sum of shares or of their products, equal to the last bit whatever the order of the rows:
  doubles do not add up in the same way twice on two threads, and a release is known by its bytes.
  Exact to 1e-15.
#}
{% macro order_independent_sum(expression) -%}
    cast(sum(cast(round(({{ expression }}) * 1e15) as bigint)) as double) / 1e15
{%- endmacro %}

{# Months since year 0: the only arithmetic on dates that every engine answers alike. #}
{% macro month_index(date_column) -%}
    (extract(year from {{ date_column }}) * 12 + extract(month from {{ date_column }}) - 1)
{%- endmacro %}

{#
  Sorted flag codes joined by '|', '' when none holds. Takes {code: condition}; the codes are those
  of the seed quality_flags (a test compares).
#}
{% macro flag_list(conditions) -%}
    trim(
        trailing '|' from concat(
            {%- for code in conditions | sort %}
            case when {{ conditions[code] }} then '{{ code }}|' else '' end{{ "," if not loop.last }}
            {%- endfor %}
        )
    )
{%- endmacro %}

{#
  Each combination of flags in a relation with its grade: the cap of its worst flag, A without
  any. A relation to join on quality_flags.
#}
{% macro quality_grades(relation) -%}
    (
        select
            flag_lists.quality_flags,
            coalesce(max(caps.grade_cap), 'A') as quality_grade
        from (select distinct quality_flags from {{ relation }}) as flag_lists
        left join {{ ref('int_dependency__quality_flag_limits') }} as caps
            on
                concat('|', flag_lists.quality_flags, '|')
                like concat('%|', caps.code, '|%')
        group by flag_lists.quality_flags
    )
{%- endmacro %}

{# Lineage parts of one row, each once, sorted, joined with '+'. NULL parts are left out. #}
{% macro lineage_union(columns) -%}
    {{ xdb_join_distinct(columns, '+') }}
{%- endmacro %}

{# What market shares of one supply have in common over time, as one number of 64 bits. #}
{% macro series_key(relation) -%}
    {{ xdb_hash() }}(
        {%- for column in [
            'scope', 'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id',
            'stage_id', 'period_type', 'source_id', 'basis', 'denominator',
        ] %}
        {{ relation }}.{{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
