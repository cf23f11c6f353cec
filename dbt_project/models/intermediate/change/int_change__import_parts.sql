-- One row per cell of partner_dependency that has the same cell a year earlier: what changed in its
-- measures. A supplier's value is its weight times its price; the product of both changes is halved
-- between them (midpoints), so the parts add up. A supplier without a weight in a year in which it
-- delivers is not separated.
-- noqa: disable=LT02
{% set cell = [
    'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id', 'stage_id', 'period_type',
] %}
with

suppliers as (

    select
        {{ cell | join(', ') }},
        period_start_date, supplier_id, value_usd, net_weight_kg, is_concern
    from {{ ref('supplier_share') }}
    where is_preferred and not is_reimport

),

-- each row once as its own year and once as the year before the next
years as (

    select
        {{ cell | join(', ') }},
        supplier_id, is_concern, period_start_date,
        0 as value_from_usd,
        value_usd as value_to_usd,
        0 as weight_from_kg,
        coalesce(net_weight_kg, 0) as weight_to_kg
    from suppliers
    union all
    select
        {{ cell | join(', ') }},
        supplier_id, is_concern,
        cast({{ dbt.dateadd('year', 1, 'period_start_date') }} as date) as period_start_date,
        value_usd as value_from_usd,
        0 as value_to_usd,
        coalesce(net_weight_kg, 0) as weight_from_kg,
        0 as weight_to_kg
    from suppliers

),

pairs as (

    select
        {{ cell | join(', ') }},
        period_start_date, supplier_id,
        max(is_concern) as is_concern,
        sum(value_from_usd) as v0,
        sum(value_to_usd) as v1,
        sum(weight_from_kg) as q0,
        sum(weight_to_kg) as q1
    from years
    group by
        {{ cell | join(', ') }},
        period_start_date, supplier_id

),

totals as (

    select
        *,
        sum(v0) over cells as total_v0,
        sum(v1) over cells as total_v1,
        (v0 = 0 or q0 > 0) and (v1 = 0 or q1 > 0) as is_weighed,
        -- who is new or gone has the price of the year in which it delivers
        coalesce(v0 / nullif(q0, 0), v1 / nullif(q1, 0)) as p0,
        coalesce(v1 / nullif(q1, 0), v0 / nullif(q0, 0)) as p1
    from pairs
    window cells as (
        partition by {{ cell | join(', ') }}, period_start_date
    )
    qualify total_v0 > 0 and total_v1 > 0

),

effects as (

    select
        *,
        v0 / total_v0 as s0,
        v1 / total_v1 as s1,
        -- decimals: their sum is the same in any order of the rows
        cast(case when is_weighed then (q1 - q0) * (p0 + p1) / 2 else 0 end as decimal(38, 6))
            as weight_effect_usd,
        cast(case when is_weighed then (p1 - p0) * (q0 + q1) / 2 else 0 end as decimal(38, 6))
            as price_effect_usd,
        case when is_weighed then 0 else v1 - v0 end as other_effect_usd
    from totals

),

summed as (

    select
        *,
        (s0 + s1) / 2 as mean_share,
        (total_v0 + total_v1) / 2 as mean_imports_usd,
        cast(sum(weight_effect_usd) over cells as double) as total_weight_effect_usd,
        cast(sum(price_effect_usd) over cells as double) as total_price_effect_usd,
        sum(other_effect_usd) over cells as total_other_effect_usd,
        max(s0) over cells as top_s0,
        row_number() over (
            partition by {{ cell | join(', ') }}, period_start_date
            order by s1 desc, supplier_id
        ) as rank_s1
    from effects
    window cells as (
        partition by {{ cell | join(', ') }}, period_start_date
    )

),

-- the change of each supplier's share: its own effect less its share of all effects
shares as (

    select
        *,
        {% for effect in ['weight', 'price', 'other'] -%}
        (cast({{ effect }}_effect_usd as double) - mean_share * total_{{ effect }}_effect_usd)
        / mean_imports_usd as {{ effect }}_share_effect{{ ',' if not loop.last }}
        {% endfor %}
    from summed

)

select
    {{ cell | join(', ') }},
    period_start_date,
    bool_and(is_weighed) as is_weighed,
    -- all weight at the mean price of both years is volume, the rest of the weights a switch
    max(total_weight_effect_usd) as imports_weight_usd,
    coalesce(
        (sum(q1) filter (where is_weighed) - sum(q0) filter (where is_weighed))
        * (
            coalesce(
                sum(v0) filter (where is_weighed) / nullif(sum(q0) filter (where is_weighed), 0),
                sum(v1) filter (where is_weighed) / nullif(sum(q1) filter (where is_weighed), 0)
            )
            + coalesce(
                sum(v1) filter (where is_weighed) / nullif(sum(q1) filter (where is_weighed), 0),
                sum(v0) filter (where is_weighed) / nullif(sum(q0) filter (where is_weighed), 0)
            )
        ) / 2, 0
    ) as imports_volume_usd,
    max(total_price_effect_usd) as imports_price_usd,
    max(total_other_effect_usd) as imports_unseparated_usd,
    {% for part, effect in [('switch', 'weight'), ('price', 'price'), ('unseparated', 'other')] -%}
    cast(
        sum(cast(case when is_concern then {{ effect }}_share_effect else 0 end as decimal(38, 15)))
        as double
    ) as concern_{{ part }},
    cast(sum(cast(2 * mean_share * {{ effect }}_share_effect as decimal(38, 15))) as double)
        as hhi_{{ part }},
    -- the first supplier of the later year, from its own share before; that another was first
    -- before is a switch
    max(
        case
            when rank_s1 = 1
                then {{ effect }}_share_effect {{ '+ s0 - top_s0' if part == 'switch' }}
        end
    ) as top_{{ part }}{{ ',' if not loop.last }}
    {% endfor %}
from shares
group by
    {{ cell | join(', ') }},
    period_start_date
