-- One row per material, set of parameters and use with a sector: share of the material's use and
-- value added of the sector. Rounded shares that add up to more than one are scaled; uses without a
-- sector are left out, and a material of which they are more than a twentieth has no row.
with

uses as (

    select
        labels.material_id, uses.edition, uses.use_number, uses.use_share, uses.value_operator,
        uses.value_added_eur, uses.known_from_date,
        {{ lineage_part('uses.source_id', 'uses.edition') }} as lineage_id
    from {{ ref('stg_eu_crm__use_shares') }} as uses
    inner join {{ ref('eu_crm_materials') }} as labels
        on uses.material_label = labels.label and labels.decision = 'map'
    where uses.value_operator = '='

),

sums as (

    select
        material_id, edition,
        {{ order_independent_sum('use_share') }} as total_share,
        coalesce(
            {{ order_independent_sum('case when value_added_eur is not null then use_share else 0 end') }}, 0
        ) as sector_share
    from uses
    group by material_id, edition

),

largest as (

    select edition, max(value_added_eur) as value_added_eur
    from {{ ref('stg_eu_crm__use_shares') }}
    group by edition

),

indices as (

    select distinct material_id, parameter_version, si_ei
    from {{ ref('int_methods__eu_cases') }}
    where parameter_version in ('eu_2023_tables', 'eu_2023_with_2017_indices')

)

select
    uses.material_id, indices.parameter_version, uses.use_number, indices.si_ei,
    cast(uses.use_share / greatest(1, sums.total_share) as double) as use_share,
    uses.value_added_eur as value_added,
    largest.value_added_eur as largest_value_added,
    uses.lineage_id
from uses
inner join sums
    using (material_id, edition)
inner join largest
    using (edition)
inner join indices
    on
        uses.material_id = indices.material_id
        and indices.parameter_version like 'eu_' || uses.edition || '%'
where
    uses.value_added_eur is not null
    and sums.sector_share >= 0.95 * sums.total_share
