with

project_years as (

    select * from {{ ref('int_policy__project_years') }}

),

units as (

    select * from {{ ref('int_policy__capacity_units') }}

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

memberships as (

    select * from {{ ref('int_country__memberships') }}
    where bloc_id = 'BLOC:PAX_SILICA' and membership_type = 'signatory' and party_kind = 'country'

),

suppliers as (

    select * from {{ ref('supplier_share') }}
    where
        is_concern
        and not is_reimport
        and period_type = 'A'
        and membership_variant = 'none'

),

concern_lists as (

    select min(list_id) as list_id from {{ ref('dim_concern_list') }}
    where is_headline

),

members as (

    select distinct memberships.country_id
    from memberships
    cross join parameters
    where {{ valid_on('memberships', 'parameters.as_of_date') }}

),

entities as (

    select
        country_id as entity_id,
        country_id
    from members
    union all
    select
        'BLOC:PAX_SILICA' as entity_id,
        country_id
    from members

),

-- tonnes of concern, added up over the members for the bloc (no supplier of concern is one); a
-- year counts when weights are known for nearly all of the value
imports as (

    select
        entities.entity_id, suppliers.item_kind, suppliers.item_id, suppliers.stage_id,
        suppliers.year as base_year,
        {{ listagg_distinct('suppliers.source_ids', '|') }} as source_ids,
        case
            when count(distinct suppliers.source_id) = 1 then min(suppliers.source_id) else 'combined'
        end as source_id,
        case
            when count(distinct suppliers.edition) = 1 then min(suppliers.edition) else 'combined'
        end as edition,
        sum(suppliers.value_usd)
        / nullif(sum(suppliers.value_usd / nullif(suppliers.coverage_share, 0)), 0)
            as coverage_share,
        sum(round(suppliers.net_weight_kg)) / 1000 as concern_imports_t,
        -- customs weigh goods, not what they contain
        'gross' as basis,
        coalesce(
            sum(suppliers.value_usd) filter (where suppliers.net_weight_kg is not null), 0
        ) / sum(suppliers.value_usd) as weight_coverage_share,
        min(suppliers.lineage_id) as lineage_id
    from suppliers
    inner join entities on suppliers.entity_id = entities.country_id
    group by
        entities.entity_id, suppliers.item_kind, suppliers.item_id, suppliers.stage_id,
        suppliers.year
    having sum(suppliers.value_usd) > 0 and weight_coverage_share >= 0.9
    qualify row_number() over (
        partition by
            entities.entity_id, suppliers.item_kind, suppliers.item_id, suppliers.stage_id
        order by suppliers.year desc
    ) = 1

),

capacities as (

    select
        entities.entity_id,
        units.trade_item_kind as item_kind,
        units.trade_item_id as item_id,
        units.trade_stage_id as stage_id,
        years.pipeline_case, years.year,
        min(case when not units.is_comparable then units.reason end) as reason,
        min(case when units.is_comparable then units.basis end) as basis,
        count(distinct years.project_id) as n_projects,
        {{ listagg_distinct('years.project_id', '|') }} as project_ids,
        max(imports.base_year) as base_year,
        -- what ran in the base year has already spared its imports
        sum(
            case
                when imports.base_year is null or years.start_year > imports.base_year
                    then round(years.capacity * years.probability * years.ramp_share, 6)
                else 0.0
            end
        ) as pipeline_t
    from project_years as years
    inner join entities on years.country_id = entities.country_id
    inner join units
        on years.capacity_unit = units.capacity_unit and units.trade_item_id is not null
    left join imports
        on
            entities.entity_id = imports.entity_id
            and units.trade_item_kind = imports.item_kind
            and units.trade_item_id = imports.item_id
            and units.trade_stage_id = imports.stage_id
    where years.capacity is not null
    group by all

),

gaps as (

    select
        capacities.*,
        imports.concern_imports_t, imports.weight_coverage_share, imports.coverage_share,
        imports.source_id, imports.source_ids,
        imports.edition, imports.lineage_id,
        case
            when capacities.reason is null and imports.coverage_share >= 0.9
                then imports.concern_imports_t - capacities.pipeline_t
        end as gap_t,
        coalesce(
            capacities.reason,
            -- tonnes of some codes are no tonnes of the item
            case when imports.coverage_share < 0.9 then 'too little of the item is measured' end,
            case when imports.entity_id is null then 'weights of no loaded year cover nine tenths of the value' end
        ) as missing_reason
    from capacities
    left join imports
        on
            capacities.entity_id = imports.entity_id
            and capacities.item_kind = imports.item_kind
            and capacities.item_id = imports.item_id
            and capacities.stage_id = imports.stage_id
            and capacities.basis = imports.basis

)

select
    cast(gaps.entity_id as varchar) as entity_id,
    cast(gaps.item_kind as varchar) as item_kind,
    cast(gaps.item_id as varchar) as item_id,
    cast(gaps.stage_id as varchar) as stage_id,
    cast(gaps.year as integer) as year,
    cast(gaps.pipeline_case as varchar) as pipeline_case,
    cast(concern_lists.list_id as varchar) as concern_list_id,
    cast(case when gaps.missing_reason is null then gaps.concern_imports_t end as double)
        as concern_imports_t,
    cast(gaps.base_year as integer) as base_year,
    cast(gaps.weight_coverage_share as double) as weight_coverage_share,
    cast(case when gaps.missing_reason is null then round(gaps.pipeline_t, 3) end as double)
        as pipeline_t_weighted,
    cast(gaps.n_projects as integer) as n_projects,
    cast(gaps.project_ids as varchar) as project_ids,
    cast(round(gaps.gap_t, 3) as double) as gap_t,
    cast(gaps.gap_t / nullif(gaps.concern_imports_t, 0) as double) as gap_share,
    cast(
        min(case when gaps.gap_t <= 0 then gaps.year end) over (
            partition by
                gaps.entity_id, gaps.item_kind, gaps.item_id, gaps.stage_id, gaps.pipeline_case
        ) as integer
    ) as first_year_closed,
    cast(gaps.missing_reason as varchar) as missing_reason,
    cast(gaps.coverage_share as double) as coverage_share,
    cast(gaps.source_id as varchar) as source_id,
    cast(gaps.edition as varchar) as edition,
    cast(
        coalesce(gaps.lineage_id || '+', '') || {{ register_lineage('infrastructure_projects') }}
        as varchar
    ) as lineage_id
from gaps
cross join concern_lists
order by entity_id nulls last, item_id nulls last, year nulls last, pipeline_case nulls last
