{{ config(
    severity='warn',
    description="At most 1 % of an edition's value lies with codes that nobody has mapped; one "
        ~ "row of a seed repairs each. A value that has no dollars counts in its own currency."
) }}
{% set unmapped = {
    'fct_trade_reported': (
        "'UNMAPPED' in (reporter_id, partner_id)", 'coalesce(value_usd, value_native)'
    ),
    'fct_trade_reconciled': ("'UNMAPPED' in (exporter_id, importer_id)", 'value_usd'),
    'supplier_share': ("supplier_id = 'UNMAPPED'", 'value_usd'),
} %}
{% for mart, (condition, value) in unmapped.items() %}
    select
        '{{ mart }}' as mart,
        source_id, edition,
        sum(case when {{ condition }} then {{ value }} else 0 end) as unmapped_value,
        sum({{ value }}) as total_value
    from {{ ref(mart) }}
    group by source_id, edition
    having sum(case when {{ condition }} then {{ value }} else 0 end) > 0.01 * sum({{ value }})
    {% if not loop.last %}union all{% endif %}
{% endfor %}
