-- noqa: disable=LT02
{% set key = [
    'scope', 'netting', 'membership_variant', 'material_id', 'stage_id', 'year',
] %}
{% set removals = {
    'top1': 'supplier_rank = 1',
    'top2': 'supplier_rank <= 2',
    'concern': 'is_concern',
} %}
with

sources as (

    select * from {{ ref('int_dependency__supply_sources') }}

),

-- what a country uses itself, where it is counted as its output is; the United States print it
printed_use as (

    select
        country_id, material_id, year, qty_basis,
        max(consumption_quantity) as consumption_t
    from {{ ref('apparent_consumption') }}
    where
        known_to_date is null
        and quantity_unit = 't'
        and qty_basis = 'net_weight'
        and consumption_operator = '='
    group by country_id, material_id, year, qty_basis
    having count(*) = 1

),

-- of others it is production and net imports, where both are tonnes on one basis
apparent_use as (

    select * from {{ ref('int_methods__physical_balance') }}
    where production_source_id = {{ headline_production_source() }}

),

weighed as (

    select
        sources.*,
        coalesce(printed_use.consumption_t, apparent_use.use_t) as consumption_t,
        case
            when printed_use.consumption_t is not null then 'printed'
            when apparent_use.use_t is not null then 'apparent'
        end as use_source,
        case
            when sources.scope <> 'world' then 'counted_by_value'
            when sources.supply_t is null then 'no_tonnes'
            -- without a whole network of trade there is no balance to look at
            else coalesce(apparent_use.missing_reason, 'no_trade_in_tonnes')
        end as no_use_reason
    from sources
    left join printed_use
        on
            -- an equality: a condition on one side alone makes a nested loop of the join
            case when sources.scope = 'world' then sources.supplier_id end = printed_use.country_id
            and sources.material_id = printed_use.material_id
            and sources.year = printed_use.year
            and sources.basis = printed_use.qty_basis
    left join apparent_use
        on
            -- an equality: a condition on one side alone makes a nested loop of the join
            case when sources.scope = 'world' then sources.supplier_id end = apparent_use.country_id
            and sources.material_id = apparent_use.material_id
            and sources.stage_id = apparent_use.stage_id
            and sources.year = apparent_use.year
            and sources.basis = apparent_use.qty_basis

),

supplies as (

    select
        {{ key | join(',\n        ') }},
        {%- for removal, holds in removals.items() %}
        coalesce({{ order_independent_sum('case when ' ~ holds ~ ' then supply_share else 0 end') }}, 0)
            as {{ removal }}_share,
        {{ exact_sum('supply_t', filter=holds) }} as {{ removal }}_t,
        string_agg(supplier_id, '|' order by supplier_id) filter (where {{ holds }})
            as {{ removal }}_ids,
        case
            when count(*) filter (where {{ holds }})
                = count(consumption_t) filter (where {{ holds }})
                then {{ exact_sum('consumption_t', filter=holds) }}
        end as {{ removal }}_use_t,
        {{ listagg_distinct('case when ' ~ holds ~ ' then use_source end', '|') }}
            as {{ removal }}_use_sources,
        min(case when ({{ holds }}) and consumption_t is null then no_use_reason end)
            as {{ removal }}_no_use_reason,
        {%- endfor %}
        {{ exact_sum('supply_t') }} as supply_total_t,
        count(*) as n_suppliers,
        count(*) filter (where is_named) as n_named,
        count(is_concern) as n_classified,
        max(source_id) as source_id,
        max(edition) as edition,
        max(basis) as basis,
        max(basket_share) as basket_share,
        max(quality_flags) as quality_flags,
        max(lineage_id) as lineage_id
    from weighed
    group by {{ key | join(', ') }}

),

removed as (

    {% for removal in removals %}
    select
        {{ key | join(',\n        ') }},
        '{{ removal }}' as removal,
        {{ removal }}_share as removed_share,
        {{ removal }}_t as removed_t,
        coalesce({{ removal }}_ids, '') as removed_ids,
        {{ removal }}_use_t as demand_removed_t,
        {{ removal }}_use_sources as demand_sources,
        {{ removal }}_no_use_reason as no_use_reason
    from supplies
    {%- if removal == 'concern' %}
    -- without a list nobody is of concern, or everybody
    where n_classified > 0
    {%- endif %}

    union all
    {% endfor %}
    select
        {{ key | join(',\n        ') }},
        'member:' || supplier_id as removal,
        supply_share as removed_share,
        supply_t as removed_t,
        supplier_id as removed_ids,
        consumption_t as demand_removed_t,
        use_source as demand_sources,
        case when consumption_t is null then no_use_reason end as no_use_reason
    from weighed
    where scope = 'world' and is_member and is_named

)

select
    {%- for column in key %}
    cast(removed.{{ column }} as {{ 'integer' if column == 'year' else 'varchar' }}) as {{ column }},
    {%- endfor %}
    cast(removed.removal as varchar) as removal,
    cast(supplies.source_id as varchar) as source_id,
    cast(supplies.edition as varchar) as edition,
    cast(supplies.basis as varchar) as basis,
    cast(supplies.supply_total_t as double) as supply_total_t,
    cast(
        case when supplies.supply_total_t is not null then coalesce(removed.removed_t, 0) end
        as double
    ) as removed_t,
    cast(removed.removed_share as double) as removed_share,
    cast(1 - removed.removed_share as double) as n1_supply_share,
    -- over a year the world uses what it makes; stocks are left aside
    cast(
        case when removed.demand_removed_t is not null then supplies.supply_total_t end as double
    ) as demand_total_t,
    cast(removed.demand_removed_t as double) as demand_removed_t,
    cast(
        (supplies.supply_total_t - removed.removed_t)
        / nullif(greatest(supplies.supply_total_t - removed.demand_removed_t, 0), 0) as double
    ) as n1_balance_ratio,
    cast(removed.demand_sources as varchar) as demand_sources,
    cast(
        case
            when removed.removed_ids = '' then 'nobody_removed'
            when removed.demand_removed_t is null then coalesce(removed.no_use_reason, 'no_tonnes')
            when supplies.supply_total_t - removed.demand_removed_t <= 0 then 'nobody_else_uses'
        end as varchar
    ) as missing_reason,
    cast(removed.removed_ids as varchar) as removed_ids,
    cast(supplies.n_suppliers as integer) as n_suppliers,
    cast(supplies.n_named as integer) as n_named,
    cast(supplies.basket_share as double) as basket_share,
    cast(supplies.quality_flags as varchar) as quality_flags,
    cast(supplies.lineage_id as varchar) as lineage_id
from removed
inner join supplies
    using ({{ key | join(', ') }})
