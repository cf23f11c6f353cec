{% set max_default_share = 0.05 %}
with

scores as (

    select * from {{ ref('int_methods__geopolrisk_scores') }}

),

cases as (

    select * from {{ ref('int_methods__geopolrisk_cases') }}
    where production_source_id = {{ headline_production_source() }}

),

assessed as (

    select
        scores.*,
        cases.price, cases.n_missing_wgi, cases.default_share, cases.is_same_basis,
        cases.qty_basis, cases.domestic_production, cases.imports_t, cases.known_from_date, cases.lineage_id,
        case
            when scores.null_reason is not null then scores.null_reason
            when cases.default_share > {{ max_default_share }} then 'missing_governance'
        end as missing_reason
    from scores
    inner join cases
        using (production_source_id, entity_id, material_id, stage_id, year)

)

select
    cast(entity_id as varchar) as entity_id,
    cast(material_id as varchar) as material_id,
    cast(stage_id as varchar) as stage_id,
    cast(year as integer) as year,
    cast(variant as varchar) as variant,
    cast(hhi_production as double) as hhi_production,
    cast(case when missing_reason is null then import_risk end as double) as import_risk,
    cast(case when missing_reason is null then score end as double) as score,
    cast(score_low as double) as score_low,
    cast(score_high as double) as score_high,
    cast(price * 1000 as double) as price_usd_t,
    cast(case when missing_reason is null then characterization_factor end as double)
        as cf_kg_cu_eq,
    cast(qty_basis as varchar) as qty_basis,
    cast(domestic_production as double) as domestic_production_t,
    cast(imports_t as double) as imports_t,
    cast('pv' as varchar) as wgi_dimension,
    cast(n_missing_wgi as integer) as n_missing_wgi,
    cast(not is_same_basis as boolean) as is_basis_mismatch,
    cast(missing_reason as varchar) as missing_reason,
    cast(1 - default_share as double) as coverage_share,
    cast(known_from_date as date) as known_from_date,
    cast({{ distinct_parts('lineage_id', '+') }} as varchar) as lineage_id
from assessed
