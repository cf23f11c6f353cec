with

pairs as (

    -- a ranking of two items says nothing of the methods; on another source of production a method
    -- is set beside itself on the headline's
    select
        *,
        split_part(method_a, ':', 2) || split_part(method_b, ':', 2) as other_source_id,
        method_a in ('ec_dependency', 'geodep')
        or method_b in ('ec_dependency', 'geodep') as has_tests
    from {{ ref('int_methods__disagreement') }}
    where
        n_items >= 3
        and (
            (method_a not like '%:%' and method_b not like '%:%')
            or (method_b like method_a || ':%')
        )

),

scores as (

    select
        entity_id, item_id, stage_id, year, method_id, variant, lineage_id
    from {{ ref('method_score') }}
    where
        variant like 'own_sourcing%'
        or (
            variant = 'dependent_import_share'
            and netting = case when entity_id like 'BLOC:%' then 'extra' else 'gross' end
        )

),

tests as (

    select
        entity_id, item_id, stage_id, year,
        {{ lineage_of('lineage_id') }} as lineage_id
    from scores
    where variant = 'dependent_import_share'
    group by entity_id, item_id, stage_id, year

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
    cast({{ distinct_parts(lineage_union([
        'scores.lineage_id', 'others.lineage_id',
        'case when pairs.has_tests then tests.lineage_id end',
    ]), '+') }} as varchar) as lineage_id
from pairs
inner join scores
    on
        pairs.entity_id = scores.entity_id
        and pairs.material_id = scores.item_id
        and pairs.stage_id = scores.stage_id
        and pairs.year = scores.year
        and scores.variant = 'own_sourcing'
left join scores as others
    on
        pairs.entity_id = others.entity_id
        and pairs.material_id = others.item_id
        and pairs.stage_id = others.stage_id
        and pairs.year = others.year
        and others.variant = 'own_sourcing_' || pairs.other_source_id
left join tests
    on
        pairs.entity_id = tests.entity_id
        and pairs.material_id = tests.item_id
        and pairs.stage_id = tests.stage_id
        and pairs.year = tests.year
