{# The flags of a row (`basket|truncated`) as sentences, separated by semicolons; NULL for none. #}
{% macro flags_in_words(column) -%}
    (
        select string_agg(flags.meaning, '; ' order by flags.quality_flag)
        from {{ ref('dim_quality_flag').include(database=false) }} as flags
        where strpos('|' || {{ column }} || '|', '|' || flags.quality_flag || '|') > 0
    )
{%- endmacro %}
