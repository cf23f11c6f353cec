with

pairs as (

    -- a ranking of two items says nothing of the methods
    select * from {{ ref('int_methods__disagreement') }}
    where n_items >= 3

),

scores as (

    select
        entity_id, item_id, stage_id, year, method_id, lineage_id
    from {{ ref('method_score') }}
    where method_id = 'eu_supply_risk' and variant = 'own_sourcing'

)

select
    cast(pairs.entity_id as varchar) as entity_id,
    cast(pairs.material_id as varchar) as material_id,
    cast(pairs.stage_id as varchar) as stage_id,
    cast(pairs.year as integer) as year,
    cast(pairs.method_a || '|' || pairs.method_b as varchar) as method_pair,
    cast(pairs.rank_a as double) as rank_a,
    cast(pairs.rank_b as double) as rank_b,
    cast(pairs.rank_a - pairs.rank_b as double) as rank_gap,
    cast(pairs.half_a as varchar) as classification_a,
    cast(pairs.half_b as varchar) as classification_b,
    cast(pairs.half_a <> pairs.half_b as boolean) as is_flipped,
    cast(pairs.main_driver as varchar) as main_driver,
    cast(
        case
            when abs(pairs.rank_a - pairs.rank_b) <= 0.5 then 'same_rank'
            when pairs.main_driver is null then 'several_inputs'
        end as varchar
    ) as missing_reason,
    cast(pairs.n_items as integer) as n_items,
    cast(pairs.rank_correlation as double) as rank_correlation,
    cast(scores.lineage_id as varchar) as lineage_id
from pairs
inner join scores
    on
        pairs.entity_id = scores.entity_id
        and pairs.material_id = scores.item_id
        and pairs.stage_id = scores.stage_id
        and pairs.year = scores.year
