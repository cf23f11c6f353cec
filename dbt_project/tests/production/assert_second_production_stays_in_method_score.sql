{{ config(
    description="Another source of production is a variant of `method_score`, named after it, and "
        ~ "stands in no other mart of the methods: the headline has one source."
) }}
-- noqa: disable=LT02
select
    'method_score' as mart,
    variant as found
from {{ ref('method_score') }}
where
    coalesce(production_source_id, '') not in ('', 'eu_crm', {{ headline_production_source() }})
    and not ends_with(variant, '_' || production_source_id)

union all

{% for mart in ['production_share', 'n_minus'] -%}
select
    '{{ mart }}' as mart,
    source_id as found
from {{ ref(mart) }}
where source_id in ('bgs_wms', 'user_production')

union all

{% endfor %}
{% for mart in ['concentration', 'supply_risk_eu_method', 'geopolrisk', 'network_chokepoint'] -%}
select
    '{{ mart }}' as mart,
    lineage_id as found
from {{ ref(mart) }}
where contains(lineage_id, 'bgs_wms@') or contains(lineage_id, 'user_production@')
{{ 'union all' if not loop.last }}
{% endfor %}
