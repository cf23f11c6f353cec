{#
  The words of a publisher's label that carry its meaning, sorted and joined by a blank: without
  case, marks, plural s and the words that only some editions print. Labels of equal words mean the
  same.
#}
{% macro label_words(label) -%}
    {{ return(adapter.dispatch('label_words')(label)) }}
{%- endmacro %}


{% macro default__label_words(label) -%}
    array_to_string(list_sort(list_distinct(list_filter(
        list_transform(
            string_split(
                regexp_replace(lower({{ label }}), '[^a-z0-9]+', ' ', 'g'), ' '
            ),
            lambda word: case
                when length(word) > 3 then regexp_replace(word, 's$', '') else word
            end
        ),
        lambda word: word not in ({{ _label_filler() }})
    ))), ' ')
{%- endmacro %}


{% macro spark__label_words(label) -%}
    array_join(array_sort(array_distinct(filter(
        transform(
            split(regexp_replace(lower({{ label }}), '[^a-z0-9]+', ' '), ' '),
            word -> case
                when length(word) > 3 then regexp_replace(word, 's$', '') else word
            end
        ),
        word -> word not in ({{ _label_filler() }})
    ))), ' ')
{%- endmacro %}


{# Words that state neither stage nor form nor basis. #}
{% macro _label_filler() -%}
    '', 'a', 'and', 'by', 'country', 'estimated', 'for', 'in', 'of', 'or', 'rounded', 'the', 'total',
    'world'
{%- endmacro %}


{# The words of one label (see `label_words`) that are not among the words of another. #}
{% macro words_without(words, other_words) -%}
    {{ return(adapter.dispatch('words_without')(words, other_words)) }}
{%- endmacro %}


{% macro default__words_without(words, other_words) -%}
    array_to_string(list_filter(
        string_split({{ words }}, ' '),
        lambda word: not list_contains(string_split({{ other_words }}, ' '), word)
    ), ' ')
{%- endmacro %}


{% macro spark__words_without(words, other_words) -%}
    array_join(array_except(split({{ words }}, ' '), split({{ other_words }}, ' ')), ' ')
{%- endmacro %}


{#
  Whether two labels, given by their words, differ by spelling mistakes at most: one letter, and
  one more for every 24, but no digit.
#}
{% macro is_same_label(words, other_words) -%}
    (
        {{ words }} = {{ other_words }}
        or (
            length({{ words }}) >= 8
            and regexp_replace({{ words }}, '[^0-9]', '', 'g')
            = regexp_replace({{ other_words }}, '[^0-9]', '', 'g')
            and levenshtein({{ words }}, {{ other_words }})
            <= ceil(least(length({{ words }}), length({{ other_words }})) / 24.0)
        )
    )
{%- endmacro %}
