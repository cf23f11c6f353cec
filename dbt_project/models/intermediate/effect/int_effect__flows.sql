-- One row per event, issuer, destination, HS6 code and side: the flow that a measure may have
-- changed, the source that covers most of it, and the reason why nothing is estimated. Destinations
-- are parties of the partnership with any month of the code, and all together (WLD); where no month
-- is known at all, there is one row of WLD.
with

measures as (

    select * from {{ ref('int_effect__measures') }}

),

parties as (

    select distinct country_id from {{ ref('int_country__memberships') }}

),

targets as (

    select
        event_id, country_id
    from {{ ref('bridge_policy_event_target') }}
    where role = 'target'

),

series as (

    select
        measures.event_id, flows.exporter_id, flows.importer_id, flows.product_code,
        flows.flow_side, flows.source_id,
        max(flows.edition) as edition,
        min(case when flows.is_complete then 1 else 0 end) = 1 as is_complete,
        count(*) - count(flows.kg) as n_unknown_weights
    from {{ ref('int_effect__monthly_flows') }} as flows
    inner join measures
        on flows.exporter_id = measures.issuer_id and flows.product_code = measures.product_code
    left join parties on flows.importer_id = parties.country_id
    left join targets
        on measures.event_id = targets.event_id and flows.importer_id = targets.country_id
    where
        (parties.country_id is not null or flows.importer_id = 'WLD')
        and (targets.country_id is not null or not measures.is_targeted)
    group by
        measures.event_id, flows.exporter_id, flows.importer_id, flows.product_code,
        flows.flow_side, flows.source_id

),

counted as (

    select
        measures.*,
        series.flow_side, series.source_id, series.edition, series.is_complete,
        series.n_unknown_weights,
        coalesce(series.importer_id, 'WLD') as destination_id,
        count(
            case
                when
                    covered.month_number
                    < least(
                        {{ month_index('measures.announced_date') }},
                        {{ month_index('measures.effective_date') }}
                    )
                    then 1
            end
        ) as n_pre_months,
        count(
            case
                when covered.month_number >= {{ month_index('measures.effective_date') }} then 1
            end
        ) as n_post_months
    from measures
    left join series
        on
            measures.event_id = series.event_id
            and measures.issuer_id = series.exporter_id
            and measures.product_code = series.product_code
    left join {{ ref('int_effect__covered_months') }} as covered
        on
            series.source_id = covered.source_id
            and series.flow_side = covered.flow_side
            and series.product_code = covered.product_code
            and covered.reporter_id = case series.flow_side
                when 'export_side' then series.exporter_id else series.importer_id
            end
    group by all

),

levels as (

    select
        max(case when criterion_id = 'HISTORY_MONTHS' then threshold end) as least_months,
        max(case when criterion_id = 'BASKET_COVERAGE' then threshold end) as least_coverage
    from {{ ref('int_dependency__thresholds') }}
    where method_id = 'EVENT_EFFECT'

)

select
    counted.*,
    concat_ws(
        '/', event_id, issuer_id, destination_id, product_code, flow_side
    ) as flow_id,
    case
        when effective_date is null then 'never_in_force'
        when source_id is null then 'no_monthly_series'
        when is_basket and coalesce(coverage_low, 0) < levels.least_coverage then 'basket_code'
        when not is_complete then 'part_of_code'
        when n_unknown_weights > 0 then 'weights_unknown'
        when n_pre_months < levels.least_months then 'history_too_short'
        when n_post_months < 3 then 'post_window_incomplete'
    end as not_estimated_reason
from counted
cross join levels
-- of several sources with the same flow, the one with most months before the measure
qualify
    row_number() over (
        partition by event_id, issuer_id, destination_id, product_code, flow_side
        order by n_pre_months desc, source_id
    ) = 1
