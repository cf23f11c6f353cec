{{ config(
    description="An edition is succeeded by one that became known later: knowledge time is half- "
        ~ "open and not empty."
) }}
{% set marts = [
    'apparent_consumption', 'dim_source_edition', 'fct_us_import_source', 'fct_us_salient',
    'net_import_reliance',
] %}
{% for mart in marts %}
    select
        '{{ mart }}' as mart,
        count(*) as n_rows
    from {{ ref(mart) }}
    where known_to_date <= known_from_date
    having count(*) > 0
    {% if not loop.last %}union all{% endif %}
{% endfor %}
