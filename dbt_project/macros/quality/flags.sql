{#
  Sorted flag codes joined by '|', '' when none applies. Takes {code: condition}; the codes are
  those of the seed quality_flags (a test compares).
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
  Each combination of flags in a relation with its grade: the lowest that one of its flags allows,
  A without any flag. A relation to join on quality_flags.
#}
{% macro quality_grades(relation) -%}
    (
        select
            flag_lists.quality_flags,
            coalesce(max(limits.grade_cap), 'A') as quality_grade
        from (select distinct quality_flags from {{ relation }}) as flag_lists
        left join {{ ref('int_dependency__quality_flag_limits') }} as limits
            on
                concat('|', flag_lists.quality_flags, '|')
                like concat('%|', limits.code, '|%')
        group by flag_lists.quality_flags
    )
{%- endmacro %}
