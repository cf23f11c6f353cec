{# One 64-bit number per series of market shares: what the shares of one supply share over time. #}
{% macro series_key(relation) -%}
    {%- set columns = [] -%}
    {%- for column in [
        'scope', 'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id',
        'stage_id', 'period_type', 'source_id', 'basis', 'denominator',
    ] -%}
        {%- do columns.append(relation ~ '.' ~ column) -%}
    {%- endfor -%}
    {{ hash_64(columns) }}
{%- endmacro %}
