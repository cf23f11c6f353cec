-- One row per member or the bloc, item and stage: what came from countries of concern in the last
-- year whose weights are known for nine tenths of the value, and of these in one that has a weight
-- by which what is not measured can be estimated, if any has. An item that is measured and of which
-- nothing came from them has a true zero. `n_years_measured` counts the years with any import.
-- `imports_from_concern_high_t` adds what is not weighed and what is not measured, as if all of
-- that came from countries of concern at the tonnes per dollar of the rest.
with

suppliers as (

    select * from {{ ref('supplier_share') }}
    where
        not is_reimport
        and period_type = 'A'
        and membership_variant = 'none'
        and item_kind <> 'product'

),

entities as (

    select * from {{ ref('int_policy__member_entities') }}

),

-- a bloc's coverage knows of the members that nothing measures
bloc_coverage as (

    select
        bloc_id as entity_id,
        item_kind, item_id, stage_id,
        year as base_year,
        coverage_share,
        n_members_reporting * 1.0 / nullif(n_members, 0) as filing_coverage_share
    from {{ ref('int_dependency__bloc_coverage') }}
    where membership_variant = 'as_of_today' and period_type = 'A'

),

-- tonnes added up over the members for the bloc: no supplier of concern is one
yearly as (

    select
        entities.entity_id, suppliers.item_kind, suppliers.item_id, suppliers.stage_id,
        suppliers.year as base_year,
        {{ listagg_distinct('suppliers.source_ids', '|') }} as source_ids,
        case
            when count(distinct suppliers.source_id) = 1 then min(suppliers.source_id) else 'combined'
        end as source_id,
        case
            when count(distinct suppliers.edition) = 1 then min(suppliers.edition) else 'combined'
        end as edition,
        sum(suppliers.value_usd) as value_usd,
        sum(case when suppliers.is_concern then suppliers.value_usd else 0 end) as concern_usd,
        {{ exact_sum('suppliers.value_usd') }}
        / nullif({{ exact_sum('suppliers.value_usd / nullif(suppliers.coverage_share, 0)') }}, 0)
            as members_coverage_share,
        sum(round(coalesce(suppliers.net_weight_kg, 0))) / 1000 as imports_t,
        sum(case when suppliers.net_weight_kg is not null then suppliers.value_usd else 0 end)
            as all_weighed_usd,
        sum(
            case when suppliers.is_concern then round(coalesce(suppliers.net_weight_kg, 0)) else 0 end
        ) / 1000 as imports_from_concern_t,
        sum(
            case
                when suppliers.is_concern and suppliers.net_weight_kg is not null
                    then suppliers.value_usd
                else 0
            end
        ) as weighed_usd,
        bool_or(suppliers.is_basket) as is_basket,
        bool_or(suppliers.is_basket and suppliers.is_concern) as is_concern_basket,
        min(suppliers.lineage_id) as lineage_id
    from suppliers
    inner join entities on suppliers.entity_id = entities.country_id
    group by
        entities.entity_id, suppliers.item_kind, suppliers.item_id, suppliers.stage_id,
        suppliers.year
    having sum(suppliers.value_usd) > 0

),

measured as (

    select
        yearly.* exclude (members_coverage_share),
        case
            when yearly.entity_id like 'BLOC:%' then bloc_coverage.coverage_share
            else yearly.members_coverage_share
        end as coverage_share,
        case
            when yearly.entity_id like 'BLOC:%' then bloc_coverage.filing_coverage_share
            else 1.0
        end as filing_coverage_share,
        case when concern_usd > 0 then weighed_usd / concern_usd else 1.0 end
            as weight_coverage_share,
        case
            when weighed_usd > 0 then imports_from_concern_t / weighed_usd
            else imports_t / nullif(all_weighed_usd, 0)
        end as tonnes_per_usd,
        count(*) over (partition by entity_id, item_kind, item_id, stage_id) as n_years_measured
    from yearly
    left join bloc_coverage
        using (entity_id, item_kind, item_id, stage_id, base_year)

),

bounded as (

    select
        * exclude (tonnes_per_usd, imports_t, all_weighed_usd),
        weight_coverage_share >= 0.9 as has_weights,
        imports_from_concern_t + case
            when coverage_share = 1 and weighed_usd = concern_usd then 0
            else (concern_usd - weighed_usd + value_usd / coverage_share - value_usd) * tonnes_per_usd
        end as imports_from_concern_high_t
    from measured

)

select * from bounded
qualify
    row_number() over (
        partition by entity_id, item_kind, item_id, stage_id
        order by
            case when has_weights then 1 else 2 end,
            case when imports_from_concern_high_t is null then 2 else 1 end,
            base_year desc
    ) = 1
