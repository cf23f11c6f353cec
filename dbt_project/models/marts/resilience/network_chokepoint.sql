with

measures as (

    select * from {{ ref('int_methods__chokepoints') }}

),

networks as (

    select
        material_id, stage_id, year,
        max(edition) as edition,
        max(known_from_date) as known_from_date,
        {{ lineage_of('lineage_id') }} as lineage_id
    from {{ ref('int_methods__network_edges') }}
    group by material_id, stage_id, year

),

members as (

    select distinct country_id
    from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

)

select
    cast(measures.material_id as varchar) as material_id,
    cast(measures.stage_id as varchar) as stage_id,
    cast(measures.year as integer) as year,
    cast(measures.country_id as varchar) as country_id,
    cast(measures.out_strength_share as double) as out_strength_share,
    cast(measures.in_strength_share as double) as in_strength_share,
    cast(measures.removal_impact_share as double) as removal_impact_share,
    cast(measures.hub_dependence_share as double) as hub_dependence_share,
    cast(
        case
            when measures.removal_impact_share is not null then null
            when members.country_id is not null then 'member'
            when measures.out_strength_share < 0.01 then 'small_exporter'
            else 'nothing_reaches_the_members'
        end as varchar
    ) as missing_reason,
    cast(members.country_id is not null as boolean) as is_member,
    cast(measures.n_edges as integer) as graph_edges,
    cast(false as boolean) as is_truncated,
    cast(networks.edition as varchar) as edition,
    cast(networks.known_from_date as date) as known_from_date,
    cast(networks.lineage_id as varchar) as lineage_id
from measures
inner join networks
    using (material_id, stage_id, year)
left join members
    on measures.country_id = members.country_id
