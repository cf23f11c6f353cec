-- One row per material, stage and year of production or of flows: whether both are there in one
-- unit, so that origins can be traced, or what is missing. The flows of one nomenclature are used,
-- the newest that has every code of the stage, every importer and weights.
-- noqa: disable=LT02
with

production as (

    select
        material_id, stage_id, year,
        max(source_id) as source_id,
        max(edition) as edition,
        max(qty_basis) as qty_basis,
        max(quantity_unit) as quantity_unit,
        {{ exact_sum('quantity') }} as quantity,
        {{ exact_sum("case when country_id = 'NES' then quantity end") }} as unnamed_quantity,
        count(*) filter (where quantity is null) as n_unknown_producers,
        max(quality_flags) as quality_flags,
        max(known_from_date) as known_from_date,
        max(lineage_id) as lineage_id
    from {{ ref('production_share') }}
    where denominator = 'sum_rows' and is_latest_edition
    group by material_id, stage_id, year

),

codes as (

    select
        nomenclature, item_id as material_id, stage_id, product_code, content_factor_high
    from {{ ref('bridge_product_material') }}
    where item_kind = 'material' and not is_basket

),

flows as (

    select * from {{ ref('int_origin__code_flows') }}

),

-- what a nomenclature has of the codes that it lists for the stage
nomenclatures as (

    select
        codes.material_id, codes.stage_id, flows.year, codes.nomenclature,
        max(flows.edition) as edition,
        count(distinct codes.product_code) as n_codes,
        bool_or(flows.importer_id = 'ROW') as has_aggregated_importers,
        sum(flows.value_usd) as value_usd,
        sum(case when flows.net_weight_kg is not null then flows.value_usd else 0 end)
            / nullif(sum(flows.value_usd), 0) as weighed_share,
        bool_and(codes.content_factor_high is not null) as has_content_factors,
        string_agg(distinct codes.product_code, '|' order by codes.product_code) as product_codes,
        max(flows.known_from_date) as known_from_date,
        max(flows.lineage_id) as lineage_id
    from codes
    inner join flows
        on
            codes.nomenclature = flows.nomenclature
            and codes.product_code = flows.product_code
    group by codes.material_id, codes.stage_id, flows.year, codes.nomenclature

),

listed as (

    select
        nomenclature, material_id, stage_id,
        count(distinct product_code) as n_codes_listed
    from codes
    group by nomenclature, material_id, stage_id

),

rated as (

    select
        nomenclatures.*,
        listed.n_codes_listed,
        case
            when nomenclatures.has_aggregated_importers then 'importers_aggregated'
            when nomenclatures.n_codes < listed.n_codes_listed then 'codes_missing'
            when nomenclatures.weighed_share < thresholds.coverage_limit then 'weights_missing'
        end as obstacle
    from nomenclatures
    inner join listed
        using (nomenclature, material_id, stage_id)
    cross join (
        select max(case when threshold_id = 'coverage_limit' then threshold end) as coverage_limit
        from {{ ref('int_dependency__thresholds') }}
    ) as thresholds

),

chosen as (

    select *
    from rated
    qualify row_number() over (
        partition by material_id, stage_id, year
        order by obstacle is not null, has_aggregated_importers, n_codes desc, nomenclature desc
    ) = 1

),

stages as (

    select
        item_id as material_id, stage_id,
        bool_and(is_basket) as is_basket_only,
        bool_or(exclusivity = 'partial') as has_partial_codes
    from {{ ref('bridge_product_material') }}
    where item_kind = 'material'
    group by item_id, stage_id

)

select
    coalesce(production.material_id, chosen.material_id) as material_id,
    coalesce(production.stage_id, chosen.stage_id) as stage_id,
    coalesce(production.year, chosen.year) as year,
    concat_ws(
        '/', coalesce(production.material_id, chosen.material_id),
        coalesce(production.stage_id, chosen.stage_id),
        cast(coalesce(production.year, chosen.year) as varchar)
    ) as case_id,
    case
        when production.material_id is null then 'no_production'
        when coalesce(production.quantity, 0) <= 0 then 'no_production_figure'
        when production.quantity_unit <> 't' then 'not_in_tonnes'
        when stages.stage_id is null then 'no_code'
        when stages.is_basket_only then 'basket_codes_only'
        -- an unknown part of such a code is the material, and flows without it are not the whole
        when stages.has_partial_codes then 'partial_codes'
        when chosen.material_id is null then 'no_flows'
        when chosen.obstacle is not null then chosen.obstacle
        when production.qty_basis = 'net_weight' then 'traced'
        when production.qty_basis = 'content' and chosen.has_content_factors then 'traced'
        else 'no_content_factor'
    end as state,
    production.source_id as production_source_id,
    production.edition as production_edition,
    production.qty_basis,
    production.quantity as production_t,
    production.unnamed_quantity as unnamed_production_t,
    production.n_unknown_producers,
    production.quality_flags as production_flags,
    chosen.nomenclature,
    chosen.edition as trade_edition,
    chosen.product_codes,
    chosen.n_codes,
    chosen.n_codes_listed,
    chosen.weighed_share,
    chosen.value_usd,
    greatest(production.known_from_date, chosen.known_from_date) as known_from_date,
    {{ lineage_union(['production.lineage_id', 'chosen.lineage_id']) }} as lineage_id
from production
full outer join chosen
    using (material_id, stage_id, year)
left join stages
    on
        coalesce(production.material_id, chosen.material_id) = stages.material_id
        and coalesce(production.stage_id, chosen.stage_id) = stages.stage_id
