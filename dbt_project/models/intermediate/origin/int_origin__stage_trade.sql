-- One row per material, stage, year, basis and country: its exports and imports in tonnes of net
-- weight, and of content where every code of the stage has a content factor. One nomenclature a year,
-- with every code of the stage; importers that the trade data add up hide imports, not exports.
-- noqa: disable=LT02
with

flows as (

    select * from {{ ref('int_origin__code_flows') }}

),

codes as (

    select
        nomenclature, item_id as material_id, stage_id, product_code, content_factor_high,
        bool_and(content_factor_high is not null) over by_stage as has_content_factors,
        count(*) over by_stage as n_codes_listed
    from {{ ref('bridge_product_material') }}
    where item_kind = 'material' and not is_basket
    window by_stage as (partition by nomenclature, item_id, stage_id)

),

prices as (

    select
        nomenclature, product_code, year,
        bool_or(importer_id = 'ROW') as has_aggregated_importers,
        sum(case when net_weight_kg > 0 then value_usd end)
            / nullif(sum(case when value_usd > 0 then net_weight_kg end), 0) as usd_per_kg,
        sum(case when net_weight_kg is not null then value_usd else 0 end)
            / nullif(sum(value_usd), 0) as weighed_share
    from flows
    group by nomenclature, product_code, year

),

chosen as (

    select
        codes.material_id, codes.stage_id, prices.year, codes.nomenclature,
        bool_or(prices.has_aggregated_importers) as has_aggregated_importers
    from codes
    inner join prices
        using (nomenclature, product_code)
    cross join (
        select max(case when threshold_id = 'coverage_limit' then threshold end) as coverage_limit
        from {{ ref('int_dependency__thresholds') }}
    ) as thresholds
    group by
        codes.material_id, codes.stage_id, prices.year, codes.nomenclature, codes.n_codes_listed
    having
        count(*) = codes.n_codes_listed
        and min(prices.weighed_share) >= max(thresholds.coverage_limit)
    qualify row_number() over (
        partition by codes.material_id, codes.stage_id, prices.year
        order by bool_or(prices.has_aggregated_importers), codes.nomenclature desc
    ) = 1

),

converted as (

    select
        chosen.material_id, chosen.stage_id, chosen.year, chosen.nomenclature,
        chosen.has_aggregated_importers, bases.qty_basis, flows.exporter_id,
        flows.importer_id, flows.edition, flows.known_from_date, flows.lineage_id,
        round(
            coalesce(flows.net_weight_kg, flows.value_usd / prices.usd_per_kg) * 1000
            * case when bases.qty_basis = 'content' then codes.content_factor_high else 1.0 end
        ) / 1e6 as flow_t
    from chosen
    inner join codes
        using (nomenclature, material_id, stage_id)
    inner join flows
        on
            codes.nomenclature = flows.nomenclature
            and codes.product_code = flows.product_code
            and chosen.year = flows.year
    inner join prices
        on
            flows.nomenclature = prices.nomenclature
            and flows.product_code = prices.product_code
            and flows.year = prices.year
    inner join (values ('net_weight'), ('content')) as bases (qty_basis)
        on bases.qty_basis = 'net_weight' or codes.has_content_factors

),

sides as (

    select
        *,
        exporter_id as country_id,
        flow_t as exports_t,
        0.0 as imports_t
    from converted
    union all
    select
        *,
        importer_id as country_id,
        0.0 as exports_t,
        flow_t as imports_t
    from converted
    where importer_id <> 'ROW'

)

select
    material_id, stage_id, year, qty_basis, country_id, nomenclature, has_aggregated_importers,
    sum(round(exports_t * 1e6)) / 1e6 as exports_t,
    sum(round(imports_t * 1e6)) / 1e6 as imports_t,
    max(edition) as edition,
    max(known_from_date) as known_from_date,
    max(lineage_id) as lineage_id
from sides
group by
    material_id, stage_id, year, qty_basis, country_id, nomenclature, has_aggregated_importers
