{# Comparison of policy records of several sources with the register. DuckDB's lists are used in
   this file only. #}

{#
  The distinct words of a title: lower case, three letters or more, a plural as its singular,
  without common words and without numbers, which are compared as numbers of instruments.
#}
{% macro title_tokens(title) -%}
    list_distinct(
        list_transform(
            list_filter(
                string_split_regex(lower(coalesce({{ title }}, '')), '[^a-z0-9]+'),
                token -> length(token) > 2 and not regexp_matches(token, '^[0-9]+$')
                and token not in (
                    'the', 'and', 'for', 'with', 'from', 'that', 'its', 'new', 'certain', 'other',
                    'all'
                )
            ),
            token -> case
                when length(token) > 3 and token not like '%ss' then regexp_replace(token, 's$', '')
                else token
            end
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
{% macro lists_overlap(list, other_list) -%}
    len(list_intersect(string_split({{ list }}, '|'), string_split({{ other_list }}, '|'))) > 0
{%- endmacro %}


{# The address of a page in one form; NULL for the front page of a site, which names no act. #}
{% macro page_key(url) -%}
    case
        when regexp_matches({{ url }}, '(?i)^https?://[^/]+/.{8,}')
            then 'page/' || lower(
                regexp_replace(regexp_replace({{ url }}, '^https?://(www\.)?', ''), '/+$', '')
            )
    end
{%- endmacro %}


{# The members of the first list that the second lacks, sorted; NULL where there are none. #}
{% macro list_without(list, other_list) -%}
    nullif(
        array_to_string(
            list_sort(
                list_filter(
                    string_split({{ list }}, '|'),
                    lambda one : not list_contains(
                        string_split(coalesce({{ other_list }}, ''), '|'), one
                    )
                )
            ),
            '|'
        ),
        ''
    )
{%- endmacro %}


{#
  What an event does to an earlier one, in the words of the acts in documents: a suspension is not
  its measure. NULL for an act of its own.
#}
{% macro event_change(relation_to_parent, measure_type, direction) -%}
    case
        when {{ relation_to_parent }} in ('extends', 'delays', 'reaffirms')
            then {{ relation_to_parent }}
        when {{ relation_to_parent }} = 'suspends' or {{ measure_type }} = 'suspension'
            then 'suspends'
        when {{ relation_to_parent }} = 'ends' and {{ direction }} = 'liberalising' then 'ends'
        when {{ direction }} = 'liberalising' then 'eases'
    end
{%- endmacro %}


{# True when two changes can be one act: texts use lift, suspend, ease and delay for one another. #}
{% macro changes_agree(change, other_change) -%}
    (
        coalesce({{ change }}, '') = coalesce({{ other_change }}, '')
        or (
            {{ change }} in ('suspends', 'ends', 'eases', 'delays')
            and {{ other_change }} in ('suspends', 'ends', 'eases', 'delays')
        )
    )
{%- endmacro %}


{# True when two titles name forms of support and have none in common. #}
{% macro support_forms_conflict(tokens, other_tokens) -%}
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


{#
  The numbers of instruments that the column `reference` of a relation names, in one form:
  `announcement/2025/18`. The patterns stand here and not in a seed, because a pattern out of a column
  is compiled anew for every row.
#}
{% macro instrument_numbers(relation, columns) -%}
    {%- set patterns = [
        ("announcement", "(?i).*?announcement\\s+(?:no\\.?\\s*)?0*(\\d+)(?:\\s+of\\s+|/)(\\d{4}).*", "\\2/\\1"),
        ("announcement", ".*?公告\\s*(\\d{4})年第0*(\\d+)号.*", "\\1/\\2"),
        ("announcement", ".*?(\\d{4})年第0*(\\d+)号公告.*", "\\1/\\2"),
        ("federal_register", "(?i).*?\\b(\\d{2,3})\\s+FR\\s+(\\d+)\\b.*", "\\1/\\2"),
        ("fr_document", "(?i).*?\\bFR\\s+Doc\\.?\\s+(\\S+).*", "\\1"),
        ("executive_order", "(?i).*?\\b(?:executive order|E\\.?O\\.?)\\s+(\\d{5})\\b.*", "\\1"),
        ("proclamation", "(?i).*?\\bproclamation\\s+(\\d{4,5})\\b.*", "\\1"),
        ("public_law", "(?i).*?\\bpublic law\\s+(\\d+-\\d+).*", "\\1"),
        ("eu_act", "(?i).*?\\b(?:regulation|directive|decision)\\s+\\(EU\\)\\s+(?:no\\s+)?(\\d{4}/\\d+).*", "\\1"),
        ("eu_com", "(?i).*?\\bCOM\\((\\d{4})\\)\\s*(\\d+).*", "\\1/\\2"),
        ("arecoms", "(?i).*?\\b0*(\\d+)/ARECOMS/(\\d{4}).*", "\\2/\\1"),
        ("statutory_instrument", "(?i).*?\\bstatutory instrument\\s+(?:no\\.?\\s*)?0*(\\d+)\\s+of\\s+(\\d{4}).*", "\\2/\\1"),
        ("regulation", "(?i).*?\\b(?:MEMR|ministry of energy and mineral resources)\\s+regulation\\s+(?:no\\.?\\s*)?0*(\\d+)(?:/|\\s+of\\s+)(\\d{4}).*", "\\2/\\1"),
        ("ministerial_decision", "(?i).*?\\bministerial (?:decision|decree)\\s+(?:no\\.?\\s*)?0*(\\d+)(?:/|\\s+of\\s+)(\\d{2,4}).*", "\\2/\\1"),
        ("arecoms", "(?i).*?\\bARECOMS\\s+decision\\s+(?:no\\.?\\s*)?0*(\\d+)/(\\d{4}).*", "\\2/\\1"),
        ("entity_list", "(?i).*?unreliable entity list announcement\\s+(?:no\\.?\\s*)?0*(\\d+)(?:\\s+of\\s+|/)(\\d{4}).*", "\\2/\\1"),
        ("gta_intervention", "(?i).*?globaltradealert\\.org/intervention/(\\d+).*", "\\1"),
    ] -%}
    {%- for series, pattern, replacement in patterns %}
        {{ "union all" if not loop.first }}
        select
            {{ columns | join(', ') }},
            '{{ series }}/'
            || upper(regexp_replace(reference, '{{ pattern }}', '{{ replacement }}')) as key_text
        from {{ relation }}
        where
            regexp_matches(reference, '{{ pattern }}')
            {%- if series == 'announcement' %}
            -- the ministry numbers its unreliable entity list by itself
            and not regexp_matches(reference, '(?i)unreliable entity list')
            {%- endif %}
    {%- endfor %}
{%- endmacro %}
