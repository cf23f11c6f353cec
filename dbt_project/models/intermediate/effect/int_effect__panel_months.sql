-- One row per flow that can be studied, member of its study and month: the flow itself, its
-- siblings (uncontrolled codes of the same item or heading, same direction), other destinations
-- (of a measure with named targets). A covered month without a row is a month without trade.
with

flows as (

    select * from {{ ref('int_effect__flows') }} where not_estimated_reason is null

),

monthly as (

    select * from {{ ref('int_effect__monthly_flows') }}

),

controlled as (

    select
        issuer_id, product_code
    from {{ ref('int_effect__measures') }}
    group by issuer_id, product_code

),

targets as (

    select
        event_id, country_id
    from {{ ref('bridge_policy_event_target') }}
    where role = 'target'

),

items as (

    select distinct
        hs6 as product_code,
        item_id
    from {{ ref('stg_reference__hs_items') }}

),

kin as (

    select
        one.product_code,
        other.product_code as sibling_code
    from items as one
    inner join items as other on one.item_id = other.item_id
    union
    select
        one.product_code,
        other.product_code as sibling_code
    from (select distinct product_code from monthly) as one
    inner join (select distinct product_code from monthly) as other
        on substr(one.product_code, 1, 4) = substr(other.product_code, 1, 4)

),

members as (

    select
        flow_id, source_id, flow_side, issuer_id,
        'flow' as role,
        product_code,
        destination_id as importer_id
    from flows
    union all
    select
        flows.flow_id, flows.source_id, flows.flow_side, flows.issuer_id,
        'siblings' as role,
        kin.sibling_code as product_code,
        flows.destination_id as importer_id
    from flows
    inner join kin on flows.product_code = kin.product_code
    left join controlled
        on flows.issuer_id = controlled.issuer_id and kin.sibling_code = controlled.product_code
    where controlled.product_code is null
    union all
    select distinct
        flows.flow_id, flows.source_id, flows.flow_side, flows.issuer_id,
        'destinations' as role,
        flows.product_code, monthly.importer_id
    from flows
    inner join monthly
        on
            flows.source_id = monthly.source_id
            and flows.flow_side = monthly.flow_side
            and flows.issuer_id = monthly.exporter_id
            and flows.product_code = monthly.product_code
    left join targets
        on flows.event_id = targets.event_id and monthly.importer_id = targets.country_id
    where flows.is_targeted and targets.country_id is null and monthly.importer_id <> 'WLD'

)

select
    members.flow_id, members.role,
    concat_ws('/', members.importer_id, members.product_code) as member_id,
    covered.month_number as month,
    case when monthly.month_number is null then 0 else monthly.kg end as kg
from members
inner join {{ ref('int_effect__covered_months') }} as covered
    on
        members.source_id = covered.source_id
        and members.flow_side = covered.flow_side
        and members.product_code = covered.product_code
        and covered.reporter_id = case members.flow_side
            when 'export_side' then members.issuer_id else members.importer_id
        end
left join monthly
    on
        members.source_id = monthly.source_id
        and members.flow_side = monthly.flow_side
        and members.issuer_id = monthly.exporter_id
        and members.importer_id = monthly.importer_id
        and members.product_code = monthly.product_code
        and covered.month_number = monthly.month_number
