{# How records of several sources and the register are compared. DuckDB's lists stay in here. #}

{# The telling words of a title: lower case, three letters or more, without the common ones. #}
{% macro title_tokens(title) -%}
    list_distinct(
        list_filter(
            string_split_regex(lower(coalesce({{ title }}, '')), '[^a-z0-9]+'),
            token -> length(token) > 2 and token not in (
                'the', 'and', 'for', 'with', 'from', 'that', 'its', 'new', 'certain', 'other', 'all'
            )
        )
    )
{%- endmacro %}


{# Shared words over the shorter title's, 0 to 1; 0 where a title has none. #}
{% macro token_overlap(tokens, other_tokens) -%}
    (
        len(list_intersect({{ tokens }}, {{ other_tokens }}))
        / greatest(least(len({{ tokens }}), len({{ other_tokens }})), 1)
    )
{%- endmacro %}


{# True when two lists in cells share a part. #}
{% macro lists_meet(list, other_list) -%}
    len(list_intersect(string_split({{ list }}, '|'), string_split({{ other_list }}, '|'))) > 0
{%- endmacro %}


{# True when two titles name forms of support and none of them is the same. #}
{% macro supports_differ(tokens, other_tokens) -%}
    (
        len({{ support_forms(tokens) }}) > 0
        and len({{ support_forms(other_tokens) }}) > 0
        and len(list_intersect({{ support_forms(tokens) }}, {{ support_forms(other_tokens) }})) = 0
    )
{%- endmacro %}


{# The forms of support that a title names. #}
{% macro support_forms(tokens) -%}
    list_intersect(
        {{ tokens }},
        ['loan', 'grant', 'equity', 'guarantee', 'tax', 'offtake', 'stake', 'subsidy']
    )
{%- endmacro %}


{# The number of an instrument as a pattern of the seed writes it: `announcement/2025/18`. #}
{% macro instrument_key(reference, patterns) -%}
    {{ patterns }}.pattern_id || '/'
    || upper(regexp_replace({{ reference }}, {{ patterns }}.pattern, {{ patterns }}.replacement))
{%- endmacro %}
