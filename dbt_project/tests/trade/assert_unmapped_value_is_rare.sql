{{ config(
    severity='warn',
    description="At most 1 % of the value lies with codes that nobody has mapped; one row of a "
        ~ "seed repairs each."
) }}
{% set unmapped = {
    'fct_trade_reported': "partner_id = 'UNMAPPED'",
    'fct_trade_reconciled': "'UNMAPPED' in (exporter_id, importer_id)",
    'supplier_share': "supplier_id = 'UNMAPPED'",
} %}
{% for mart, condition in unmapped.items() %}
    select
        '{{ mart }}' as mart,
        sum(case when {{ condition }} then value_usd else 0 end) as unmapped_usd,
        sum(value_usd) as total_usd
    from {{ ref(mart) }}
    having sum(case when {{ condition }} then value_usd else 0 end) > 0.01 * sum(value_usd)
    {% if not loop.last %}union all{% endif %}
{% endfor %}
