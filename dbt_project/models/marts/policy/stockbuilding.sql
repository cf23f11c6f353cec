with

flows as (

    select * from {{ ref('int_effect__flows') }}

),

expectations as (

    select * from {{ ref('int_effect__estimates') }}
    where estimator = 'expectation' and not_estimated_reason is null

)

select
    cast(flows.event_id as varchar) as event_id,
    cast(flows.destination_id as varchar) as destination_id,
    cast(flows.product_code as varchar) as product_code,
    cast(flows.flow_side as varchar) as measure,
    cast(flows.issuer_id as varchar) as issuer_id,
    cast(flows.announced_date as date) as window_start_date,
    cast(flows.effective_date as date) as window_end_date,
    cast(expectations.window_months as integer) as n_window_months,
    cast(expectations.observed_kg as double) as observed_kg,
    cast(expectations.expected_kg as double) as expected_kg,
    cast(expectations.observed_kg - expectations.expected_kg as double) as excess_kg,
    cast(expectations.excess_share as double) as excess_share,
    cast(expectations.z_score as double) as z_score,
    cast(flows.source_id as varchar) as source_id,
    cast({{ lineage_part('flows.source_id', 'flows.edition') }} as varchar) as lineage_id
from flows
inner join expectations on flows.flow_id = expectations.flow_id
where flows.announced_date < flows.effective_date
order by
    event_id nulls last,
    issuer_id nulls last,
    destination_id nulls last,
    product_code nulls last,
    measure nulls last
