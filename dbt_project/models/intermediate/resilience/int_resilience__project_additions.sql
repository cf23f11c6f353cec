-- One row per project, traded item and year: what the project is expected to add by then to what
-- scenarios count, in tonnes as traded. Only plants that start after the base year: what ran then is
-- in the deliveries. The low case has what runs or is built at its lowest probability, the high case
-- every project at its highest. A content becomes tonnes as traded by the factor of the item's codes.
-- noqa: disable=LT02
with

worlds as (

    select distinct
        item_kind, item_id, stage_id, base_year, quantity_unit, qty_basis
    from {{ ref('supply_flow') }}

),

units as (

    select * from {{ ref('int_policy__capacity_units') }}

),

project_years as (

    select * from {{ ref('int_policy__project_years') }}
    where pipeline_case <> 'unverified'

),

-- every code of the item must have a factor: a tonne of the others holds an unknown part
factors as (

    select
        item_kind, item_id, stage_id,
        min(content_factor_low) as content_share_low,
        max(content_factor_high) as content_share_high
    from {{ ref('bridge_product_material') }}
    where nomenclature = 'HS2017'
    group by item_kind, item_id, stage_id
    having
        not bool_or(is_basket)
        and count(*) = count(content_factor_low)
        and min(content_factor_low) > 0

),

keyed as (

    select
        project_years.project_id, project_years.country_id, project_years.year,
        project_years.capacity_unit,
        coalesce(units.trade_item_kind, project_years.item_kind) as item_kind,
        coalesce(units.trade_item_id, project_years.item_id) as item_id,
        coalesce(units.trade_stage_id, project_years.stage_id) as stage_id,
        project_years.capacity, project_years.start_year, project_years.status_group,
        project_years.pipeline_case, project_years.is_counted_elsewhere,
        project_years.is_unverified,
        project_years.capacity * project_years.probability * project_years.ramp_share as capacity_expected,
        coalesce(units.is_comparable, false) as is_comparable,
        units.element_share,
        coalesce(units.reason, 'the unit is not in capacity_units') as unit_reason
    from project_years
    left join units
        on project_years.capacity_unit = units.capacity_unit

),

cases as (

    select
        project_id, country_id, year, item_kind, item_id, stage_id, capacity_unit, start_year,
        is_counted_elsewhere, is_unverified, is_comparable, element_share, unit_reason,
        max(capacity) as capacity,
        max(case when pipeline_case = 'base' then capacity_expected end) as expected,
        max(
            case
                when pipeline_case <> 'low' then null
                when status_group in ('operating', 'under_construction') then capacity_expected
                else 0.0
            end
        ) as expected_low,
        max(case when pipeline_case = 'high' then capacity_expected end) as expected_high
    from keyed
    group by
        project_id, country_id, year, item_kind, item_id, stage_id, capacity_unit, start_year,
        is_counted_elsewhere, is_unverified, is_comparable, element_share, unit_reason

),

joined as (

    select
        cases.*,
        worlds.base_year, worlds.quantity_unit, worlds.qty_basis,
        case
            when cases.is_comparable then 1.0
            else 2 * cases.element_share / (factors.content_share_low + factors.content_share_high)
        end as traded_per_unit,
        case when cases.is_comparable then 1.0 else cases.element_share / factors.content_share_high end
            as traded_per_unit_low,
        case when cases.is_comparable then 1.0 else cases.element_share / factors.content_share_low end
            as traded_per_unit_high,
        case
            when cases.capacity is null and cases.is_counted_elsewhere
                then 'it is stopped, or another row holds it'
            when cases.capacity is null and cases.is_unverified
                then 'its capacity is from own knowledge alone'
            when cases.capacity is null then 'its capacity is not known'
            when worlds.quantity_unit <> 't'
                then 'its capacity is in ' || cases.capacity_unit || ', the item is counted in dollars'
            when not cases.is_comparable and cases.element_share is null then cases.unit_reason
            when not cases.is_comparable and factors.item_id is null
                then cases.unit_reason || ', and the item''s codes have no factor'
        end as missing_reason
    from cases
    inner join worlds
        on
            cases.item_kind = worlds.item_kind
            and cases.item_id = worlds.item_id
            and cases.stage_id = worlds.stage_id
    left join factors
        on
            cases.item_kind = factors.item_kind
            and cases.item_id = factors.item_id
            and cases.stage_id = factors.stage_id
    where cases.start_year > worlds.base_year and cases.year > worlds.base_year

)

select
    project_id, country_id, item_kind, item_id, stage_id, year, base_year, quantity_unit, qty_basis,
    {%- for end in ['', '_low', '_high'] %}
    case when missing_reason is null then expected{{ end }} * traded_per_unit{{ end }} end
        as added{{ end }}_quantity,
    {%- endfor %}
    missing_reason
from joined
