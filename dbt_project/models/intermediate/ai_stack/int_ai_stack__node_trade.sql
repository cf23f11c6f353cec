-- One row per partner, node and year: what the partner imports of the goods that the node is traded
-- as. Goods are added by value; a node without a good, or a partner without flows of it, has a
-- reason instead of a number.
-- noqa: disable=LT02
with

entities as (

    select distinct
        country_id as entity_id,
        'gross' as netting,
        'none' as membership_variant
    from {{ ref('int_dependency__bloc_members') }}
    where bloc_id = 'BLOC:PAX_SILICA' and membership_variant = 'as_of_today'
    union all
    select
        bloc_id as entity_id,
        'extra' as netting,
        'as_of_today' as membership_variant
    from {{ ref('dim_bloc') }}
    where bloc_id = 'BLOC:PAX_SILICA'

),

nodes as (

    select * from {{ ref('stg_reference__ai_nodes') }}

),

node_goods as (

    select * from {{ ref('int_ai_stack__node_goods') }}

),

dependency as (

    select * from {{ ref('int_ai_stack__good_dependency') }}

),

years as (

    select distinct year
    from {{ ref('int_dependency__import_groups') }}
    where period_type = 'A'
    qualify year > max(year) over () - 3

),

measured as (

    select
        dependency.entity_id, node_goods.node_id, dependency.year,
        count(*) as n_goods_measured,
        {{ exact_sum('dependency.imports_usd') }} as imports_usd,
        {{ sum_if_complete('dependency.concern_share * dependency.imports_usd') }}
            / nullif({{ exact_sum('dependency.imports_usd') }}, 0) as concern_share,
        {{ exact_sum('dependency.concern_share_low * dependency.imports_usd') }}
            / nullif({{ exact_sum('dependency.imports_usd') }}, 0) as concern_share_low,
        {{ exact_sum('dependency.concern_share_high * dependency.imports_usd') }}
            / nullif({{ exact_sum('dependency.imports_usd') }}, 0) as concern_share_high,
        {%- for name in ['top_supplier_id', 'top_supplier_share', 'supplier_hhi'] %}
        min_by(dependency.{{ name }}, (-dependency.imports_usd, node_goods.good_id)) as {{ name }},
        {%- endfor %}
        min(dependency.coverage_share) as coverage_share,
        max(dependency.quality_grade) as quality_grade,
        max(dependency.missing_reason) as missing_reason,
        {{ listagg_distinct('dependency.source_ids', '|') }} as source_ids,
        max(dependency.source_edition_max) as source_edition_max,
        max(dependency.known_from_date) as known_from_date,
        {{ listagg_distinct('dependency.lineage_id', '+') }} as lineage_id
    from dependency
    inner join node_goods
        on dependency.good_id = node_goods.good_id
    where dependency.imports_usd > 0
    group by dependency.entity_id, node_goods.node_id, dependency.year

),

goods as (

    select
        node_id,
        {{ listagg_distinct('good_id', '|') }} as good_ids,
        count(*) as n_goods
    from node_goods
    group by node_id

)

select
    entities.entity_id, entities.netting, entities.membership_variant, nodes.node_id, years.year,
    goods.good_ids,
    coalesce(goods.n_goods, 0) as n_goods,
    coalesce(measured.n_goods_measured, 0) as n_goods_measured,
    measured.imports_usd, measured.concern_share, measured.concern_share_low,
    measured.concern_share_high, measured.top_supplier_id, measured.top_supplier_share,
    measured.supplier_hhi, measured.coverage_share, measured.quality_grade, measured.source_ids,
    measured.source_edition_max, measured.known_from_date, measured.lineage_id,
    case
        when measured.concern_share is not null then null
        when goods.node_id is null then 'the node has no customs code of its own'
        when measured.node_id is null
            then
                'no flows of the good: pax run --live --source cepii_baci, or pax land cepii_baci '
                || 'with the zip BACI_HS17_V… of CEPII, brings them for every partner'
        else measured.missing_reason
    end as missing_reason
from entities
cross join nodes
cross join years
left join goods
    on nodes.node_id = goods.node_id
left join measured
    on
        entities.entity_id = measured.entity_id
        and nodes.node_id = measured.node_id
        and years.year = measured.year
