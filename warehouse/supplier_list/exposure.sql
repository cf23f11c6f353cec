-- One row per line of the buyer's list, from the tables of a release and the table `purchase`.
with

-- an HS code (its first six digits), an id or a name
found_items as (

    select
        purchase.line, items.item_kind, items.item_id, items.item_name
    from purchase
    inner join marts.dim_item as items
        on
            case
                when regexp_full_match(replace(purchase.item, '.', ''), '[0-9]{6,10}')
                    then
                        items.item_kind = 'product'
                        and items.item_id = left(replace(purchase.item, '.', ''), 6)
                else
                    items.item_kind in ('material', 'good')
                    and lower(purchase.item) in (lower(items.item_id), lower(items.item_name))
            end
    -- a material before a good of the same name
    qualify
        row_number() over (
            partition by purchase.line order by items.item_kind desc, items.item_id
        ) = 1

),

found_origins as (

    select
        purchase.line, countries.country_id, countries.country_name
    from purchase
    inner join marts.dim_country as countries
        on
            upper(purchase.origin) in (countries.country_id, countries.iso2)
            or lower(purchase.origin) = lower(countries.country_name)
    where countries.country_kind in ('country', 'territory')

),

concern as (

    select distinct members.country_id
    from marts.bridge_concern_member as members
    inner join marts.dim_concern_list as lists
        on members.list_id = lists.list_id
    where lists.is_headline and members.valid_to is null

),

clauses as (

    select clause_id, issuer_id, state
    from marts.policy_timeline
    where
        is_current and is_counted and is_in_exposure_scope
        and state in ('active', 'suspended', 'unknown')

),

-- a clause reaches the buyer for certain when everybody is its target, or the buyer's country
targets as (

    select
        clause_id,
        bool_or(country_id = 'ALL' or country_id = $buyer) as is_certain
    from marts.bridge_clause_target
    where role = 'target'
    group by clause_id

),

excluded as (

    select clause_id from marts.bridge_clause_exclusion
    where country_id = $buyer

),

clause_items as (

    select
        clause_id,
        'product' as item_kind,
        product_code as item_id,
        coverage_low, coverage_high
    from marts.bridge_clause_product

    union all

    -- a material or a good is more than the codes that a clause names: from nothing to all of it
    select distinct
        clause_id, item_kind, item_id,
        0.0 as coverage_low,
        1.0 as coverage_high
    from marts.bridge_clause_material
    where item_kind in ('material', 'good')

),

hits as (

    select
        found_items.line, clauses.clause_id, clauses.state,
        case when targets.is_certain then clause_items.coverage_low else 0 end as coverage_low,
        case
            -- without a buyer's country a clause against some countries may reach it or not
            when targets.is_certain or $buyer is null then clause_items.coverage_high
            else 0
        end as coverage_high
    from found_items
    inner join found_origins
        on found_items.line = found_origins.line
    inner join clause_items
        on
            found_items.item_kind = clause_items.item_kind
            and found_items.item_id = clause_items.item_id
    inner join clauses
        on
            clause_items.clause_id = clauses.clause_id
            and found_origins.country_id = clauses.issuer_id
    inner join targets
        on clauses.clause_id = targets.clause_id
    where
        clauses.clause_id not in (select clause_id from excluded)
        and found_origins.country_id is distinct from $buyer

),

controls as (

    select
        line,
        coalesce(max(coverage_low) filter (where state = 'active'), 0) as low,
        least(1, coalesce(sum(coverage_high) filter (where state = 'active'), 0)) as high,
        least(1, sum(coverage_high)) as high_if_all_apply,
        string_agg(distinct clause_id, '|' order by clause_id)
            filter (where state = 'active' and coverage_high > 0) as in_force,
        string_agg(distinct clause_id, '|' order by clause_id)
            filter (where state <> 'active' and coverage_high > 0) as suspended_or_unknown
    from hits
    group by line

),

-- how concentrated the world's exports of the item are, newest year, preferred source
markets as (

    select
        item_kind, item_id, stage_id, year, hhi, top1_id, top1_share,
        row_number() over (
            partition by item_kind, item_id order by year desc, hhi desc nulls last, stage_id
        ) as place
    from marts.concentration
    where
        scope = 'world_exports' and period_type = 'A' and is_preferred and is_latest_edition
        and hhi is not null

),

world_exports as (

    select item_kind, item_id, year, hhi, top1_id, top1_share
    from markets
    where place = 1

),

-- the item itself, or the only item that the customs code holds
asked_items as (

    select line, item_kind, item_id
    from found_items
    where item_kind in ('material', 'good')

    union

    select found_items.line, codes.item_kind, codes.item_id
    from found_items
    inner join marts.bridge_product_material as codes
        on
            found_items.item_kind = 'product'
            and found_items.item_id = codes.product_code
            and not codes.is_basket

),

-- a scenario names its suppliers, or a list of countries of concern
stopped as (

    select scenarios.scenario_id, countries.country_id
    from marts.dim_scenario as scenarios
    inner join marts.dim_country as countries
        on contains('|' || scenarios.supplier_ids || '|', '|' || countries.country_id || '|')

    union

    select scenarios.scenario_id, members.country_id
    from marts.dim_scenario as scenarios
    inner join marts.bridge_concern_member as members
        on
            contains('|' || scenarios.supplier_ids || '|', '|LIST:' || members.list_id || '|')
            and members.valid_to is null

),

scenarios as (

    select
        asked_items.line,
        string_agg(distinct results.scenario_id, '|' order by results.scenario_id) as ids,
        max(results.shortage_share_low) filter (where results.entity_id = $buyer) as short_low,
        max(results.shortage_share_high) filter (where results.entity_id = $buyer) as short_high
    from asked_items
    inner join found_origins
        on asked_items.line = found_origins.line
    inner join marts.disruption_result as results
        on
            asked_items.item_kind = results.item_kind
            and asked_items.item_id = results.item_id
            and results.policy = 'no_sharing'
    inner join stopped
        on
            results.scenario_id = stopped.scenario_id
            and found_origins.country_id = stopped.country_id
    group by asked_items.line

),

alternatives as (

    select
        item_kind, item_id,
        string_agg(alternative_supplier_id, '|' order by exportable_t desc, alternative_supplier_id)
            as ids
    from (
        select
            item_kind, item_id, alternative_supplier_id,
            max(exportable_t) as exportable_t,
            row_number() over (
                partition by item_kind, item_id
                order by max(exportable_t) desc, alternative_supplier_id
            ) as place
        from marts.diversification_option
        where year = (select max(year) from marts.diversification_option)
        group by item_kind, item_id, alternative_supplier_id
    ) as ranked
    where place <= 5
    group by item_kind, item_id

)

select
    purchase.line, purchase.item, purchase.origin, purchase.value_usd,
    found_items.item_kind, found_items.item_id, found_items.item_name,
    found_origins.country_id as origin_id,
    case when found_origins.country_id is not null then concern.country_id is not null end
        as is_country_of_concern,
    case
        when found_items.item_id is not null and found_origins.country_id is not null
            then round(purchase.value_usd * coalesce(controls.low, 0), 2)
    end as controlled_usd_low,
    case
        when found_items.item_id is not null and found_origins.country_id is not null
            then round(purchase.value_usd * coalesce(controls.high, 0), 2)
    end as controlled_usd_high,
    case
        when found_items.item_id is not null and found_origins.country_id is not null
            then round(purchase.value_usd * coalesce(controls.high_if_all_apply, 0), 2)
    end as controlled_usd_if_all_apply,
    controls.in_force as clauses_in_force,
    controls.suspended_or_unknown as clauses_suspended_or_unknown,
    round(world_exports.hhi, 4) as world_export_hhi,
    world_exports.top1_id as largest_exporter_id,
    round(world_exports.top1_share, 4) as largest_exporter_share,
    world_exports.year as market_year,
    alternatives.ids as alternative_ids,
    scenarios.ids as scenario_ids,
    round(scenarios.short_low, 4) as buyer_shortage_share_low,
    round(scenarios.short_high, 4) as buyer_shortage_share_high,
    case
        when found_items.item_id is null and found_origins.country_id is null
            then 'neither the item nor the origin is known'
        when found_items.item_id is null then 'the item is not known: an HS code, an id or a name'
        when found_origins.country_id is null
            then 'the origin is not known: an ISO code or an English name'
    end as problem
from purchase
left join found_items
    on purchase.line = found_items.line
left join found_origins
    on purchase.line = found_origins.line
left join concern
    on found_origins.country_id = concern.country_id
left join controls
    on purchase.line = controls.line
left join world_exports
    on
        found_items.item_kind = world_exports.item_kind
        and found_items.item_id = world_exports.item_id
left join alternatives
    on
        found_items.item_kind = alternatives.item_kind
        and found_items.item_id = alternatives.item_id
left join scenarios
    on purchase.line = scenarios.line
order by purchase.line
