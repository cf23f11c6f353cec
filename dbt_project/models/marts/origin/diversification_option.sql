-- noqa: disable=LT02,ST07
{% set key = ['entity_id', 'item_kind', 'item_id', 'stage_id', 'year'] %}
with

alternatives as (

    select * from {{ ref('int_origin__alternatives') }}

),

flow_items as (

    select * from {{ ref('int_origin__items') }}

),

entities as (

    select
        {{ key | join(', ') }},
        max(imports_t) as imports_t,
        coalesce({{ exact_sum('bought_t', filter='is_concern') }}, 0) as from_concern_t,
        {{ exact_sum('bought_usd', filter='is_concern') }}
            / nullif({{ exact_sum('bought_t', filter='is_concern') }}, 0) as concern_usd_t,
        {{ exact_sum('to_concern_t', filter='is_concern is false') }} as redirectable_t,
        {{ order_independent_sum('current_share * current_share') }} as supplier_hhi,
        {{ order_independent_sum('evenest_share * evenest_share') }} as reachable_hhi
    from alternatives
    group by {{ key | join(', ') }}

),

governance as (

    select * from {{ ref('int_dependency__supplier_governance') }}
    qualify row_number() over (partition by country_id order by year desc) = 1

),

-- the codes of an item in any revision: clauses are written in the newest
item_codes as (

    select distinct
        item_kind, item_id, stage_id, product_code
    from {{ ref('bridge_product_material') }}
    union all
    select distinct
        item_kind, item_id, stage_id,
        item_id as product_code
    from flow_items
    where item_kind = 'product'

),

in_force as (

    select distinct
        issuers.country_id as issuer_id,
        targets.country_id as target_id,
        products.product_code, timeline.clause_id
    from {{ ref('policy_timeline') }} as timeline
    inner join {{ ref('bridge_clause_product') }} as products
        on timeline.clause_id = products.clause_id and products.is_in_exposure_scope
    inner join {{ ref('bridge_clause_target') }} as issuers
        on timeline.clause_id = issuers.clause_id and issuers.role = 'issuer'
    inner join {{ ref('bridge_clause_target') }} as targets
        on timeline.clause_id = targets.clause_id and targets.role = 'target'
    cross join {{ ref('int_run__parameters') }} as parameters
    where
        timeline.known_to_date is null
        and timeline.state = 'active'
        and timeline.start_date <= parameters.as_of_date
        and coalesce(timeline.end_date, parameters.as_of_date) >= parameters.as_of_date

),

clauses as (

    select
        alternatives.entity_id, alternatives.item_kind, alternatives.item_id,
        alternatives.stage_id, alternatives.year, alternatives.exporter_id,
        {{ listagg_distinct('in_force.clause_id', '|') }} as clause_ids
    from alternatives
    inner join item_codes
        using (item_kind, item_id, stage_id)
    inner join in_force
        on
            alternatives.exporter_id = in_force.issuer_id
            and item_codes.product_code = in_force.product_code
            and in_force.target_id in (alternatives.entity_id, 'ALL')
    group by all

),

projects as (

    select
        items.item_id,
        stages.stage_id,
        projects.country_id,
        {{ listagg_distinct('projects.project_id', '|') }} as project_ids
    from {{ ref('fct_project') }} as projects
    inner join {{ ref('bridge_project_item') }} as items
        on projects.project_id = items.project_id
    inner join {{ ref('bridge_project_stage') }} as stages
        on projects.project_id = stages.project_id
    where projects.status not in ('cancelled', 'abandoned')
    group by all

),

flagged as (

    select
        alternatives.*,
        entities.imports_t as entity_imports_t, entities.from_concern_t, entities.concern_usd_t,
        entities.redirectable_t, entities.supplier_hhi, entities.reachable_hhi,
        flow_items.nomenclature, flow_items.product_codes, flow_items.is_basket,
        flow_items.has_aggregated_importers, flow_items.edition, flow_items.known_from_date,
        flow_items.lineage_id, clauses.clause_ids, projects.project_ids,
        governance.instability_avg6,
        alternatives.exports_usd / nullif(alternatives.exports_t, 0) as usd_per_t,
        row_number() over (
            partition by
                {% for column in key %}alternatives.{{ column }}, {% endfor %}
                alternatives.is_concern is false
            order by
                alternatives.to_concern_t desc, alternatives.exports_t desc,
                alternatives.exporter_id
        ) as place,
        {{ flag_list({
            'basket': 'flow_items.is_basket',
            'importers_aggregated': 'flow_items.has_aggregated_importers',
            'weight_imputed': 'alternatives.imputed_t > 0.05 * alternatives.exports_t',
        }) }} as quality_flags
    from alternatives
    inner join entities
        using ({{ key | join(', ') }})
    inner join flow_items
        using (item_kind, item_id, stage_id, year)
    left join clauses
        using ({{ key | join(', ') }}, exporter_id)
    left join projects
        on
            alternatives.exporter_id = projects.country_id
            and alternatives.item_id = projects.item_id
            and alternatives.stage_id = projects.stage_id
    left join governance
        on alternatives.exporter_id = governance.country_id
    where alternatives.is_concern is false

),

grades as (

    select * from {{ quality_grades('flagged') }}

)

select
    cast(flagged.entity_id as varchar) as entity_id,
    cast(flagged.item_kind as varchar) as item_kind,
    cast(flagged.item_id as varchar) as item_id,
    cast(flagged.stage_id as varchar) as stage_id,
    cast(flagged.year as integer) as year,
    cast(flagged.exporter_id as varchar) as alternative_supplier_id,
    cast(flagged.place as integer) as rank,
    cast(flagged.entity_imports_t as double) as imports_t,
    cast(flagged.from_concern_t as double) as imports_from_concern_t,
    cast(flagged.bought_t as double) as current_t,
    cast(flagged.current_share as double) as current_share,
    cast(flagged.exports_t as double) as exportable_t,
    cast(flagged.world_share as double) as export_share,
    cast(flagged.to_members_t as double) as exports_to_members_t,
    cast(flagged.to_concern_t as double) as uncommitted_t_low,
    cast(flagged.to_concern_high_t as double) as uncommitted_t_high,
    cast(case
        when flagged.from_concern_t > 0
            then least(flagged.to_concern_t / flagged.from_concern_t, 1.0)
    end as double) as cover_share,
    cast(case
        when flagged.from_concern_t > 0
            then least(flagged.redirectable_t / flagged.from_concern_t, 1.0)
    end as double) as diversification_potential_share,
    cast(flagged.usd_per_t / nullif(flagged.concern_usd_t, 0) as double)
        as unit_value_premium_ratio,
    cast(flagged.instability_avg6 as double) as instability_share,
    cast(flagged.is_member as boolean) as is_member,
    cast(flagged.n_years_exporting as integer) as n_years_exporting,
    cast(coalesce(flagged.clause_ids, '') as varchar) as clause_ids,
    cast(coalesce(flagged.project_ids, '') as varchar) as project_ids,
    cast(flagged.supplier_hhi as double) as supplier_hhi,
    cast(flagged.reachable_hhi as double) as reachable_hhi,
    cast(flagged.nomenclature as varchar) as nomenclature,
    cast(flagged.product_codes as varchar) as product_codes,
    cast('net_weight' as varchar) as qty_basis,
    cast(flagged.imputed_t / nullif(flagged.exports_t, 0) as double) as imputed_weight_share,
    cast(grades.quality_grade as varchar) as quality_grade,
    cast(flagged.quality_flags as varchar) as quality_flags,
    cast(flagged.edition as varchar) as source_edition_max,
    cast(flagged.known_from_date as date) as known_from_date,
    cast(flagged.lineage_id as varchar) as lineage_id
from flagged
left join grades
    on flagged.quality_flags = grades.quality_flags
