with

timeline as (

    select * from {{ ref('policy_timeline') }}
    where known_to_date is null

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

-- products alone: materials and goods would count the same trade again
flows as (

    select
        *,
        coalesce(
            max(case when base_year < year(effective_date) then base_year end)
                over (partition by clause_id, entity_id, netting, product_code),
            min(base_year) over (partition by clause_id, entity_id, netting, product_code)
        ) as reference_year
    from {{ ref('fct_clause_flow') }}
    where item_kind = 'product'

),

at_stake as (

    select * from flows
    where base_year = reference_year

),

bloc_values as (

    select
        clause_id,
        case when count(distinct source_id) = 1 then min(source_id) else 'combined' end as source_id,
        sum(round(value_usd * coverage_low)) as low_usd,
        sum(round(value_usd * coverage_high)) as high_usd,
        {{ listagg_distinct('product_code', '|') }} as product_codes,
        max(base_year) as base_year
    from at_stake
    where entity_id = 'BLOC:PAX_SILICA' and netting = 'extra'
    group by clause_id

),

entities as (

    select
        clause_id, entity_id, product_code,
        sum(round(value_usd * coverage_high)) as high_usd,
        row_number() over (
            partition by clause_id
            order by
                sum(round(value_usd * coverage_high)) desc, entity_id asc, product_code asc
        ) as place,
        count(*) over (partition by clause_id) as n_flows
    from at_stake
    where entity_id not like 'BLOC:%'
    group by clause_id, entity_id, product_code

)

select
    cast(timeline.clause_id as varchar) as clause_id,
    cast(timeline.next_change_date as date) as change_date,
    cast(timeline.end_date as date) as last_day_date,
    cast(
        {{ days_to_next_change('parameters.as_of_date', 'timeline.next_change_date') }} as integer
    ) as days_to_change,
    cast(timeline.state as varchar) as state_before,
    cast(timeline.next_state as varchar) as state_after,
    cast(
        case
            when timeline.next_state = timeline.state then 'goes_on_by_announcement'
            when timeline.state = 'suspended' then 'suspension_lapses'
            when timeline.state = 'announced' and timeline.next_state = 'active' then 'takes_effect'
            when timeline.next_state = 'suspended' then 'is_suspended'
            else 'expires'
        end as varchar
    ) as change_kind,
    cast(timeline.suspension_id as varchar) as suspension_id,
    cast(timeline.measure_id as varchar) as measure_id,
    cast(timeline.clause_kind as varchar) as clause_kind,
    cast(timeline.issuer_id as varchar) as issuer_id,
    cast(timeline.instrument as varchar) as instrument,
    cast(timeline.direction as varchar) as direction,
    cast(timeline.targets_text as varchar) as targets_text,
    cast(timeline.items_text as varchar) as items_text,
    cast(timeline.title as varchar) as title,
    cast(bloc_values.low_usd as double) as bloc_at_stake_usd_low,
    cast(bloc_values.high_usd as double) as bloc_at_stake_usd_high,
    cast(bloc_values.product_codes as varchar) as at_stake_product_codes,
    cast(bloc_values.base_year as integer) as base_year,
    cast(bloc_values.source_id as varchar) as base_source_id,
    cast(entities.entity_id as varchar) as most_exposed_entity_id,
    cast(entities.product_code as varchar) as most_exposed_product_code,
    cast(entities.high_usd as double) as most_exposed_usd_high,
    cast(
        case
            when not timeline.is_in_exposure_scope then 'no export control on goods: calendar only'
            when timeline.n_products = 0 then 'no customs code known'
            when entities.clause_id is null then 'no imports in the loaded figures'
        end as varchar
    ) as at_stake_missing_reason,
    cast(timeline.source_title as varchar) as source_title,
    cast(timeline.source_url as varchar) as source_url,
    cast(timeline.lineage_id as varchar) as lineage_id
from timeline
inner join parameters on timeline.next_change_date > parameters.as_of_date
left join bloc_values
    on timeline.clause_id = bloc_values.clause_id
left join entities
    on timeline.clause_id = entities.clause_id and entities.place = 1
order by clause_id nulls last, change_date nulls last
