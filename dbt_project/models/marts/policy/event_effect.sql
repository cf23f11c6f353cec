with

flows as (

    select * from {{ ref('int_effect__flows') }}

),

-- where both sides of a flow can be studied, the exporter's declarations are used unless excluded
chosen as (

    select * from flows
    qualify
        row_number() over (
            partition by event_id, issuer_id, destination_id, product_code
            order by case when not_estimated_reason is null then 0 else 1 end, flow_side nulls last
        ) = 1

),

requested as (

    select
        chosen.*,
        estimators.estimator, horizons.horizon_months
    from chosen
    cross join (
        select 'seasonal_log' as estimator
        union all
        select 'ppml' as estimator
        union all
        select 'did_siblings' as estimator
        union all
        select 'did_destinations' as estimator
    ) as estimators
    cross join (
        select 3 as horizon_months
        union all
        select 6 as horizon_months
        union all
        select 12 as horizon_months
    ) as horizons

),

estimates as (

    select * from {{ ref('int_effect__estimates') }}

),

answered as (

    select
        requested.*,
        estimates.* exclude (flow_id, estimator, horizon_months, not_estimated_reason, excess_share),
        expectations.excess_share as anticipation_share,
        coalesce(requested.not_estimated_reason, estimates.not_estimated_reason) as reason
    from requested
    left join estimates
        on
            requested.flow_id = estimates.flow_id
            and requested.estimator = estimates.estimator
            and requested.horizon_months = estimates.horizon_months
    left join estimates as expectations
        on requested.flow_id = expectations.flow_id and expectations.estimator = 'expectation'

)

select
    cast(event_id as varchar) as event_id,
    cast(issuer_id as varchar) as issuer_id,
    cast(destination_id as varchar) as destination_id,
    cast(
        case
            when coalesce(effective_date, announced_date) >= date '2022-01-01' then 'HS2022'
            when coalesce(effective_date, announced_date) >= date '2017-01-01' then 'HS2017'
            else 'HS2012'
        end as varchar
    ) as nomenclature,
    cast(product_code as varchar) as product_code,
    cast(estimator as varchar) as estimator,
    cast(horizon_months as integer) as horizon_months,
    cast(announced_date as date) as announced_date,
    cast(effective_date as date) as effective_date,
    cast(flow_side as varchar) as flow_side,
    cast(n_pre_months as integer) as n_pre_months,
    cast(baseline_mean_kg as double) as baseline_mean_kg,
    cast(post_mean_kg as double) as post_mean_kg,
    cast(effect_log as double) as effect_log,
    cast(effect_share as double) as effect_share,
    cast(ci_low as double) as ci_low,
    cast(ci_high as double) as ci_high,
    cast(p_placebo as double) as p_placebo,
    cast(n_placebo as integer) as n_placebo,
    cast(is_significant as boolean) as is_significant,
    cast(anticipation_share as double) as anticipation_share,
    cast(months_to_50pct_recovery as integer) as months_to_50pct_recovery,
    cast(zero_months as integer) as zero_months,
    cast(
        case
            when reason is not null then null
            when estimator = 'did_siblings' then 'siblings'
            when estimator = 'did_destinations' then 'destinations'
        end as varchar
    ) as control_group_id,
    cast(n_controls as integer) as n_controls,
    cast(is_basket as boolean) as is_basket,
    cast(coverage_low as double) as coverage_low,
    cast(reason is null as boolean) as is_publishable,
    cast(reason as varchar) as not_estimated_reason,
    cast(source_id as varchar) as source_id,
    cast(
        coalesce(
            {{ lineage_part('source_id', 'edition') }}, {{ register_lineage('policy_register') }}
        ) as varchar
    ) as lineage_id
from answered
order by
    event_id nulls last,
    issuer_id nulls last,
    destination_id nulls last,
    product_code nulls last,
    estimator nulls last,
    horizon_months nulls last
