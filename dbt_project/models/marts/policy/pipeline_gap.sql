-- noqa: disable=LT02
with

project_years as (

    select * from {{ ref('int_policy__project_years') }}

),

units as (

    select * from {{ ref('int_policy__capacity_units') }}

),

entities as (

    select * from {{ ref('int_policy__member_entities') }}

),

imports as (

    select * from {{ ref('int_policy__concern_imports') }}

),

concern_lists as (

    select min(list_id) as list_id from {{ ref('dim_concern_list') }}
    where is_headline

),

item_codes as (

    select
        item_kind, item_id, stage_id,
        {{ listagg_distinct('product_code', '|') }} as product_codes
    from {{ ref('bridge_product_material') }}
    where nomenclature = 'HS2017'
    group by item_kind, item_id, stage_id

),

-- the newest year that the newest edition prints, of the one form with the most of it
demand as (

    select
        country_id, material_id, year, consumption_quantity, quantity_unit, qty_basis, form_id
    from {{ ref('apparent_consumption') }}
    where consumption_status in ('reported', 'estimated') and known_to_date is null
    qualify
        row_number() over (
            partition by country_id, material_id
            order by year desc, edition desc, consumption_quantity desc, form_id asc
        ) = 1

),

-- the case `unverified` adds what is from own knowledge to the base case
cases as (

    select
        *,
        pipeline_case as shown_case
    from project_years
    union all
    select
        *,
        'unverified' as shown_case
    from project_years
    where pipeline_case = 'base'

),

-- capacity in a unit of a traded item is set against its trade, any other against nothing
keyed as (

    select
        entities.entity_id,
        coalesce(units.trade_item_kind, cases.item_kind) as item_kind,
        coalesce(units.trade_item_id, cases.item_id) as item_id,
        coalesce(units.trade_stage_id, cases.stage_id) as stage_id,
        cases.shown_case as pipeline_case,
        cases.year, cases.project_id, cases.capacity_unit, cases.status_group, cases.start_year,
        cases.capacity, cases.probability, cases.ramp_share,
        coalesce(units.is_comparable, false) as is_comparable,
        coalesce(units.is_within_gross, false) as is_within_gross,
        -- oxide and metal of one element are not added up
        case when units.basis like 'oxide%' then 'oxide' else 'metal' end as content_kind,
        coalesce(units.reason, 'the unit is not in capacity_units') as reason
    from cases
    inner join entities on cases.country_id = entities.country_id
    left join units on cases.capacity_unit = units.capacity_unit
    where
        cases.capacity is not null
        and coalesce(units.trade_item_kind, cases.item_kind) in ('material', 'good')

),

capacities as (

    select
        keyed.entity_id, keyed.item_kind, keyed.item_id, keyed.stage_id, keyed.pipeline_case,
        keyed.year,
        min(case when not keyed.is_comparable then keyed.reason end) as unit_reason,
        sum(case when keyed.is_comparable then 1 else 0 end) as n_comparable,
        sum(case when keyed.is_within_gross then 1 else 0 end) as n_within_gross,
        count(distinct case when keyed.is_within_gross then keyed.content_kind end)
            as n_content_kinds,
        count(*) as n_projects,
        {{ listagg_distinct('keyed.project_id', '|') }} as project_ids,
        {{ listagg_distinct('keyed.capacity_unit', '|') }} as capacity_units,
        {{ exact_sum(
            "case when keyed.is_comparable and keyed.status_group = 'operating' then keyed.capacity end"
        ) }} as operating_t,
        -- what ran in the base year has already spared its imports
        {%- for name, flag in [
            ('pipeline_t', 'is_comparable'), ('pipeline_content_t', 'is_within_gross')
        ] %}
        {{ exact_sum(
            'case when not keyed.' ~ flag ~ ' then null'
            ~ ' when imports.base_year is null or keyed.start_year > imports.base_year'
            ~ ' then keyed.capacity * keyed.probability * keyed.ramp_share else 0.0 end'
        ) }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from keyed
    left join imports
        on
            keyed.entity_id = imports.entity_id
            and keyed.item_kind = imports.item_kind
            and keyed.item_id = imports.item_id
            and keyed.stage_id = imports.stage_id
    group by
        keyed.entity_id, keyed.item_kind, keyed.item_id, keyed.stage_id, keyed.pipeline_case,
        keyed.year

),

gaps as (

    select
        capacities.*,
        imports.base_year, imports.imports_from_concern_t, imports.imports_from_concern_high_t,
        imports.weight_coverage_share, imports.has_weights,
        imports.coverage_share, imports.filing_coverage_share, imports.is_basket,
        imports.source_id, imports.edition, imports.lineage_id,
        case
            when capacities.n_comparable = 0 then capacities.unit_reason
            when imports.entity_id is null then 'no import of the item is in the loaded figures'
            when not imports.has_weights
                then 'weights of no loaded year cover nine tenths of the value'
            -- tonnes of a basket are tonnes of everything in it
            when imports.is_concern_basket then 'the customs codes of the item are baskets'
            when imports.coverage_share is null
                then 'how much of the item its measured codes cover is not known'
            -- tonnes of some codes are no tonnes of the item
            when imports.coverage_share < 0.9 then 'too little of the item is measured'
            when imports.imports_from_concern_high_t is null
                then 'no weight tells how much the unmeasured part may be'
        end as missing_reason
    from capacities
    left join imports
        on
            capacities.entity_id = imports.entity_id
            and capacities.item_kind = imports.item_kind
            and capacities.item_id = imports.item_id
            and capacities.stage_id = imports.stage_id

),

banded as (

    select
        *,
        -- a content is at least nothing and at most the gross weight, in a basket too
        coalesce(
            missing_reason is not null
            and n_comparable = 0
            and n_content_kinds = 1
            and has_weights
            and coverage_share >= 0.9
            and imports_from_concern_high_t is not null,
            false
        ) as is_content
    from gaps

),

counted as (

    select
        * exclude (missing_reason),
        is_content and imports_from_concern_high_t > 0 as is_banded,
        -- the content of nothing is nothing: both bounds are one
        case
            when not (is_content and imports_from_concern_high_t = 0) then banded.missing_reason
        end
            as missing_reason,
        case
            when banded.missing_reason is null then imports_from_concern_t - pipeline_t
            when is_content and imports_from_concern_high_t = 0 then -pipeline_content_t
        end as gap_t,
        case
            when banded.missing_reason is null then imports_from_concern_high_t - pipeline_t
            when is_content and imports_from_concern_high_t = 0 then -pipeline_content_t
        end as high_t
    from banded

)

select
    cast(counted.entity_id as varchar) as entity_id,
    cast(counted.item_kind as varchar) as item_kind,
    cast(counted.item_id as varchar) as item_id,
    cast(counted.stage_id as varchar) as stage_id,
    cast(counted.year as integer) as year,
    cast(counted.pipeline_case as varchar) as pipeline_case,
    cast(concern_lists.list_id as varchar) as concern_list_id,
    cast(
        case
            when counted.missing_reason is null or counted.is_banded
                then counted.imports_from_concern_t
        end as double
    ) as imports_from_concern_t,
    cast(
        case
            when counted.missing_reason is null or counted.is_banded
                then round(counted.imports_from_concern_high_t, 3)
        end as double
    ) as imports_from_concern_high_t,
    cast(counted.base_year as integer) as base_year,
    cast(counted.weight_coverage_share as double) as weight_coverage_share,
    cast(
        round(
            case when counted.is_content then counted.pipeline_content_t else counted.pipeline_t end,
            3
        ) as double
    ) as pipeline_t_weighted,
    cast(
        case when counted.n_comparable > 0 then 'gross' when counted.is_content then 'content' end
        as varchar
    ) as pipeline_basis,
    cast(round(counted.operating_t, 3) as double) as operating_t,
    cast(counted.n_projects as integer) as n_projects,
    cast(
        case when counted.is_content then counted.n_within_gross else counted.n_comparable end
        as integer
    ) as n_projects_comparable,
    cast(counted.project_ids as varchar) as project_ids,
    cast(counted.capacity_units as varchar) as capacity_units,
    cast(round(counted.gap_t, 3) as double) as gap_t,
    cast(
        round(
            case when counted.is_banded then -counted.pipeline_content_t else counted.gap_t end, 3
        ) as double
    ) as gap_low_t,
    cast(
        round(
            case
                when counted.is_banded
                    then counted.imports_from_concern_high_t - counted.pipeline_content_t
                else counted.high_t
            end, 3
        ) as double
    ) as gap_high_t,
    cast(counted.gap_t / nullif(counted.imports_from_concern_t, 0) as double) as gap_share,
    cast(
        min(
            case
                when counted.high_t <= 0 then counted.year
                when
                    counted.is_banded
                    and counted.imports_from_concern_high_t <= counted.pipeline_content_t
                    then counted.year
            end
        ) over (
            partition by
                counted.entity_id, counted.item_kind, counted.item_id, counted.stage_id,
                counted.pipeline_case
        ) as integer
    ) as first_year_closed,
    cast(counted.missing_reason as varchar) as missing_reason,
    cast(demand.consumption_quantity as double) as demand_quantity,
    cast(demand.quantity_unit as varchar) as quantity_unit,
    cast(demand.qty_basis as varchar) as demand_basis,
    cast(demand.year as integer) as demand_year,
    cast(item_codes.product_codes as varchar) as product_codes,
    cast(
        {{ concat_distinct([
            "case when counted.is_basket then 'basket' end",
            "case when counted.source_id is not null and coalesce(counted.coverage_share, 0) < 1 "
            ~ "then 'partial_products' end",
            "case when counted.weight_coverage_share < 1 then 'weight_incomplete' end",
            "case when counted.is_banded then 'content_bounds' end",
            "case when (case when counted.is_content then counted.n_within_gross "
            ~ "else counted.n_comparable end) between 1 and counted.n_projects - 1 "
            ~ "then 'partial_pipeline' end",
            "case when counted.pipeline_case = 'unverified' then 'unverified' end",
        ], '|') }} as varchar
    ) as quality_flags,
    cast(counted.coverage_share as double) as coverage_share,
    cast(counted.filing_coverage_share as double) as filing_coverage_share,
    cast(counted.source_id as varchar) as source_id,
    cast(counted.edition as varchar) as edition,
    cast(
        coalesce(counted.lineage_id || '+', '') || {{ register_lineage('infrastructure_projects') }}
        as varchar
    ) as lineage_id
from counted
cross join concern_lists
left join item_codes
    on
        counted.item_kind = item_codes.item_kind
        and counted.item_id = item_codes.item_id
        and counted.stage_id = item_codes.stage_id
left join demand
    on
        counted.entity_id = demand.country_id
        and counted.item_kind = 'material'
        and counted.item_id = demand.material_id
order by
    entity_id nulls last,
    item_kind nulls last,
    item_id nulls last,
    stage_id nulls last,
    year nulls last,
    pipeline_case nulls last
