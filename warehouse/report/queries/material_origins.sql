-- Where the tonnes that members use were extracted, newest year: the eight largest origins of a
-- material apart, the ten members that use most of it. What third countries sell on is a part of
-- its origin: hub_t of the tonnes, mostly through the hub named.
with

traced as (

    select origins.*
    from marts.origin_lookthrough as origins
    inner join marts.dim_country as members
        on
            origins.consumer_id = members.country_id
            and members.party_status = 'signatory' and members.country_kind <> 'institution'
    where
        origins.year = (select max(year) from marts.origin_lookthrough)
        and origins.consumption_from_origin_t > 0

),

consumers as (

    select
        material_id, stage_id, consumer_id,
        row_number() over (
            partition by material_id, stage_id
            order by sum(consumption_from_origin_t) desc, consumer_id
        ) as place
    from traced
    group by material_id, stage_id, consumer_id

),

shown as (

    select traced.*
    from traced
    inner join consumers
        on
            traced.material_id = consumers.material_id
            and traced.stage_id = consumers.stage_id
            and traced.consumer_id = consumers.consumer_id
            and consumers.place <= 10

),

places as (

    select
        material_id, stage_id, origin_id,
        row_number() over (
            partition by material_id, stage_id
            order by sum(consumption_from_origin_t) desc, origin_id
        ) as place
    from shown
    group by material_id, stage_id, origin_id

),

grouped as (

    select
        shown.material_id, shown.stage_id, shown.consumer_id,
        case when places.place <= 8 then shown.origin_id end as origin_id,
        sum(shown.consumption_from_origin_t) as tonnes,
        sum(
            shown.consumption_from_origin_t
            * least(shown.hub_contribution_share / nullif(shown.origin_share, 0), 1)
        ) as hub_t,
        case when max(places.place) <= 8 then max(shown.top_hub_id) end as hub_id,
        case when max(places.place) <= 8 then max(shown.origin_share_low) end as origin_share_low,
        case when max(places.place) <= 8 then max(shown.origin_share_high) end
            as origin_share_high,
        case when max(places.place) <= 8 then bool_or(shown.is_concern) end
            as is_country_of_concern
    from shown
    inner join places
        on
            shown.material_id = places.material_id
            and shown.stage_id = places.stage_id
            and shown.origin_id = places.origin_id
    group by
        shown.material_id, shown.stage_id, shown.consumer_id,
        case when places.place <= 8 then shown.origin_id end

)

select
    grouped.material_id as key,
    coalesce(origins.country_name, grouped.origin_id, 'other origins') as label,
    consumers.country_name as column_label,
    lower(stages.stage_name) as stage,
    grouped.tonnes as consumption_t,
    grouped.tonnes / sum(grouped.tonnes) over (
        partition by grouped.material_id, grouped.stage_id, grouped.consumer_id
    ) as origin_share,
    grouped.origin_share_low, grouped.origin_share_high,
    grouped.hub_t,
    case when grouped.hub_t > 0 then coalesce(hubs.country_name, grouped.hub_id) end as hub,
    grouped.is_country_of_concern
from grouped
inner join marts.dim_stage as stages
    on grouped.stage_id = stages.stage_id
inner join marts.dim_country as consumers
    on grouped.consumer_id = consumers.country_id
left join marts.dim_country as origins
    on grouped.origin_id = origins.country_id
left join marts.dim_country as hubs
    on grouped.hub_id = hubs.country_id
order by key, stage, grouped.origin_id is null, consumption_t desc, label, column_label
