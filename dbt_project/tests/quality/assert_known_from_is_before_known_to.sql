{{ config(
    description="An edition is not succeeded by one that became known earlier: knowledge time is "
        ~ "half-open. It is empty where two editions became known on one day, such as corrected files "
        ~ "of two editions that were downloaded together."
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
    where known_to_date < known_from_date
    having count(*) > 0
    {% if not loop.last %}union all{% endif %}
{% endfor %}
