with

hubs as (

    select * from {{ ref('int_reroute__hubs') }}

),

measures as (

    select * from {{ ref('int_reroute__measures') }}

)

select
    cast(hubs.event_id as varchar) as event_id,
    cast(hubs.exporter_id as varchar) as restricted_exporter_id,
    cast(hubs.importer_id as varchar) as importer_id,
    cast(hubs.product_code as varchar) as product_code,
    cast(hubs.hub_id as varchar) as hub_id,
    cast(measures.nomenclature as varchar) as nomenclature,
    cast(measures.effective_date as date) as effective_date,
    cast(measures.last_year as integer) as last_pre_year,
    cast(hubs.post_year as integer) as post_year,
    cast(hubs.lost_direct_kg as double) as lost_direct_kg,
    cast(hubs.hub_inflow_excess_kg as double) as hub_inflow_excess_kg,
    cast(hubs.hub_outflow_excess_kg as double) as hub_outflow_excess_kg,
    cast(hubs.matched_kg as double) as matched_kg,
    cast(hubs.coverage_share as double) as covered_ratio,
    cast(hubs.surprise_ratio as double) as surprise_ratio,
    cast(hubs.balance_share as double) as balance_share,
    cast(hubs.evidence_score as double) as evidence_score,
    cast(hubs.p_placebo as double) as p_placebo,
    cast(hubs.n_placebo as integer) as n_placebo,
    cast(hubs.rank as integer) as rank,
    cast(coalesce(hubs.is_candidate, false) as boolean) as is_candidate,
    cast(measures.is_basket as boolean) as is_basket,
    cast(
        case
            when hubs.missing_reason is null
                then 'weights alone: the hub may use, make or store the goods itself'
        end as varchar
    ) as caveat_text,
    cast(hubs.missing_reason as varchar) as missing_reason,
    cast(
        concat_ws('+', measures.lineage_id, {{ register_lineage('policy_register') }}) as varchar
    ) as lineage_id
from hubs
inner join measures
    on
        hubs.event_id = measures.event_id
        and hubs.exporter_id = measures.exporter_id
        and hubs.product_code = measures.product_code
order by
    event_id nulls last, restricted_exporter_id nulls last, product_code nulls last,
    importer_id nulls last, rank nulls last, hub_id nulls last
