{{ config(description="Each part of each row's lineage_id leads to at least one payload.") }}
{%- set marts = [
    'supplier_share', 'concentration', 'production_share', 'partner_dependency',
    'bloc_dependency', 'dependency_tests', 'vintage_revision', 'policy_timeline',
    'instrument_matrix', 'supply_risk_eu_method',
] %}
with

cited as (

    {% for mart in marts %}
        select '{{ mart }}' as mart, lineage_id
        from {{ ref(mart) }}
        where lineage_id is not null
        group by lineage_id
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

parts as (

    select distinct cited.mart, split_part(cited.lineage_id, '+', positions.n) as lineage_id
    from cited
    inner join {{ numbers(40) }} as positions
        on positions.n <= {{ n_parts('cited.lineage_id', '+') }}
    where cited.lineage_id <> ''

)

select parts.mart, parts.lineage_id
from parts
left join {{ ref('provenance') }} as provenance
    on
        parts.mart = provenance.mart
        and parts.lineage_id = provenance.lineage_id
where provenance.lineage_id is null
