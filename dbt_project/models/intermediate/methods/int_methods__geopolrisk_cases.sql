-- One row per production source, entity, material, stage and year with a whole network of trade and
-- production: what GeoPolRisk needs beside the imports.
with

imports as (

    select * from {{ ref('int_methods__geopolrisk_imports') }}

),

produced as (

    select * from {{ ref('int_methods__entity_reliance') }}

),

sums as (

    select
        production_source_id, entity_id, material_id, stage_id, year,
        bool_and(is_same_basis) as is_same_basis,
        {{ order_independent_sum('import_quantity / 1e12') }} * 1e12 as imports_t,
        {{ order_independent_sum('case when is_default then import_quantity / 1e12 else 0 end') }} * 1e12
            as default_t,
        {{ order_independent_sum('value_usd / 1e12') }} * 1e12 as value_usd,
        count(*) filter (where is_default) as n_missing_wgi,
        max(known_from_date) as known_from_date,
        {{ lineage_of('lineage_id') }} as lineage_id
    from imports
    group by production_source_id, entity_id, material_id, stage_id, year

)

select
    sums.production_source_id, sums.entity_id, sums.material_id, sums.stage_id, sums.year,
    sums.is_same_basis, sums.imports_t,
    produced.qty_basis,
    produced.production_t as domestic_production,
    case when sums.imports_t > 0 then sums.value_usd / sums.imports_t / 1000 end as price,
    sums.n_missing_wgi,
    case when sums.imports_t > 0 then sums.default_t / sums.imports_t end as default_share,
    greatest(sums.known_from_date, produced.known_from_date) as known_from_date,
    {{ lineage_union(['sums.lineage_id', 'produced.lineage_id']) }} as lineage_id
from sums
inner join produced
    using (production_source_id, entity_id, material_id, stage_id, year)
