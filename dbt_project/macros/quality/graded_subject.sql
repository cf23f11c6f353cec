{#
  One kind of subject of the scorecard: `has` maps the measures that the kind has to expressions
  over `relation`; all others are NULL, so that kinds can be stacked.
#}
{% macro graded_subject(kind, relation, id, period, has, coverage_status='null') %}
    {%- set measures = [
        'coverage_share', 'unmapped_share', 'missing_weight_share', 'basket_share',
        'withheld_share', 'estimated_share', 'median_band_width', 'quarantined_share',
        'staleness_ratio', 'freshness_days', 'rows_per_key_raw', 'n_rows', 'n_checks',
        'mirror_disagreement_share', 'freshest_complete_year',
    ] -%}
    select
        '{{ kind }}' as subject_kind,
        {{ id }} as subject_id,
        cast({{ period }} as varchar) as period,
        cast({{ coverage_status }} as varchar) as coverage_status,
        {%- for measure in measures %}
        cast({{ has.get(measure, 'null') }} as double) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
{% endmacro %}
