-- One row per production source, entity, material, stage, year and supplier: tonnes imported, on the
-- basis of the production, with the supplier's political stability. A supplier without an estimate has
-- half of the scale, as in the published form, and is marked: its weight may be anything.
with

flows as (

    select * from {{ ref('int_methods__physical_flows') }}

),

bases as (

    select
        production_source_id, material_id, stage_id, year,
        max(qty_basis) as qty_basis,
        not bool_or(missing_reason = 'basis_mismatch') as is_same_basis
    from {{ ref('int_methods__physical_balance') }}
    group by production_source_id, material_id, stage_id, year

),

parties as (

    select distinct
        importer_id as entity_id,
        importer_id as country_id,
        year
    from flows
    where importer_id not in ('NES', 'SPECIAL', 'UNMAPPED', 'ROW')

    union all

    select distinct
        bloc_id as entity_id,
        country_id,
        cast(extract(year from period_end_date) as integer) as year
    from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

),

bought as (

    select
        bases.production_source_id, parties.entity_id, flows.material_id, flows.stage_id,
        flows.year,
        flows.exporter_id as supplier_id,
        bool_or(inner_parties.country_id is not null) as is_intra_bloc,
        bool_and(bases.is_same_basis) as is_same_basis,
        {{ order_independent_sum(
            "case when bases.qty_basis = 'net_weight' or not bases.is_same_basis then flows.net_weight_t "
            ~ "else (flows.content_t_low + flows.content_t_high) / 2 end / 1e12"
        ) }} * 1e12 as import_quantity,
        {{ order_independent_sum('flows.value_usd / 1e12') }} * 1e12 as value_usd,
        max(flows.known_from_date) as known_from_date,
        max(flows.lineage_id) as lineage_id
    from flows
    inner join bases
        using (material_id, stage_id, year)
    inner join parties
        on
            flows.importer_id = parties.country_id
            and flows.year = parties.year
    left join parties as inner_parties
        on
            parties.entity_id = inner_parties.entity_id
            and flows.exporter_id = inner_parties.country_id
            and flows.year = inner_parties.year
    group by
        bases.production_source_id, parties.entity_id, flows.material_id, flows.stage_id,
        flows.year, flows.exporter_id

),

governance as (

    select
        country_id,
        cast(year as integer) as year,
        instability_share, edition, lineage_id
    from {{ ref('int_governance__instability') }}
    where gov_dimension_set = 'pv'

)

select
    bought.production_source_id, bought.entity_id, bought.material_id, bought.stage_id,
    cast(bought.year as integer) as year,
    bought.supplier_id, bought.is_intra_bloc, bought.is_same_basis,
    cast(coalesce(bought.import_quantity, 0) as double) as import_quantity,
    bought.value_usd,
    cast(coalesce(governance.instability_share, 0.5) as double) as instability,
    cast(coalesce(governance.instability_share, 0) as double) as instability_low,
    cast(coalesce(governance.instability_share, 1) as double) as instability_high,
    governance.instability_share is null as is_default,
    bought.known_from_date,
    {{ lineage_union(['bought.lineage_id', 'governance.lineage_id']) }} as lineage_id
from bought
left join governance
    on
        bought.supplier_id = governance.country_id
        and bought.year = governance.year
