-- Everything that gets a grade, with the same columns. A measure that a kind lacks is NULL.
with

newest_editions as (

    select * from {{ ref('int_quality__source_measures') }}
    where is_newest = 1

),

mart_freshness as (

    select
        inputs.mart,
        max(newest_editions.freshness_days) as freshness_days,
        max(newest_editions.freshness_days / cast(newest_editions.stale_after_days as double))
            as staleness_ratio
    from {{ ref('int_quality__mart_inputs') }} as inputs
    inner join newest_editions
        on inputs.source_id = newest_editions.source_id
    where newest_editions.stale_after_days is not null
    group by inputs.mart

),

marts as (

    select
        checks.mart, checks.n_checks, mart_freshness.freshness_days,
        mart_freshness.staleness_ratio, parameters.as_of_date
    from {{ ref('int_quality__mart_checks') }} as checks
    cross join {{ ref('int_run__parameters') }} as parameters
    left join mart_freshness
        on checks.mart = mart_freshness.mart

),

sources as (

    select measures.*, complete.freshest_complete_year
    from {{ ref('int_quality__source_measures') }} as measures
    left join (
        select source_id, max(freshest_complete_year) as freshest_complete_year
        from {{ ref('int_quality__source_years') }}
        group by source_id
    ) as complete
        on measures.source_id = complete.source_id

),

tiers as (

    select
        *,
        case
            when n_products_reported = n_products_expected then 'reported'
            when n_products_reported + n_products_truncated = n_products_expected
                then 'truncated'
            when n_products_reported + n_products_truncated + n_products_incomplete = 0
                then 'not_covered'
            else 'incomplete'
        end as coverage_status
    from {{ ref('int_quality__importer_tiers') }}

)

{{ graded_subject('source', 'sources', 'source_id', 'edition', {
    'quarantined_share': 'quarantined_share',
    'freshness_days': 'case when is_newest = 1 then freshness_days end',
    'staleness_ratio':
        'case when is_newest = 1 then freshness_days / cast(stale_after_days as double) end',
    'n_rows': 'n_rows',
    'freshest_complete_year': 'case when is_newest = 1 then freshest_complete_year end',
}) }}
union all
{{ graded_subject('source_year', ref('int_quality__source_years'), 'source_id', 'year', {
    'coverage_share': 'coverage_share',
    'n_rows': 'n_rows',
}, 'coverage_status') }}
union all
{{ graded_subject('reporter', ref('int_quality__reporter_measures'),
    "importer_id || '|' || source_id", 'year', {
    'coverage_share': 'coverage_share',
    'mirror_disagreement_share': 'mirror_disagreement_share',
    'unmapped_share': 'unmapped_share',
    'missing_weight_share': 'missing_weight_share',
    'basket_share': 'basket_share',
    'rows_per_key_raw': 'rows_per_key_raw',
    'n_rows': 'n_rows',
}, 'coverage_status') }}
union all
{{ graded_subject('material', ref('int_quality__material_measures'),
    "material_id || '|' || stage_id", 'year', {
    'coverage_share': 'least(1, named_share)',
    'withheld_share': 'withheld_share',
    'estimated_share': 'estimated_share',
    'median_band_width': 'median_band_width',
    'n_rows': 'n_rows',
}) }}
union all
{{ graded_subject('partner_material', ref('int_quality__partner_material_measures'),
    "importer_id || '|' || material_id || '|' || stage_id", 'year', {
    'unmapped_share': 'unmapped_share',
    'missing_weight_share': 'missing_weight_share',
    'basket_share': 'basket_share',
    'n_rows': 'n_rows',
}) }}
union all
{{ graded_subject('importer_tier', 'tiers', "importer_id || '|' || tier_id", 'year', {
    'coverage_share':
        '(n_products_reported + n_products_truncated) / cast(n_products_expected as double)',
    'n_rows': 'n_products_expected',
}, 'coverage_status') }}
union all
{{ graded_subject('mart', 'marts', 'mart', 'as_of_date', {
    'freshness_days': 'freshness_days',
    'staleness_ratio': 'staleness_ratio',
    'n_checks': 'n_checks',
}) }}
