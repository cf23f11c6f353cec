-- One row per exporter, importer, item and year of the last years of reconciled trade, in tonnes and
-- dollars: every country with every other, in one nomenclature, only items all of whose codes are
-- there. A flow without a weight has the world's unit value of its code and year.
-- noqa: disable=LT02
with

flows as (

    select * from {{ ref('int_origin__code_flows') }}

),

thresholds as (

    select
        max(case when threshold_id = 'coverage_limit' then threshold end) as coverage_limit,
        max(case when threshold_id = 'alternative_history' then threshold end) as n_years
    from {{ ref('int_dependency__thresholds') }}

),

items as (

    select
        nomenclature, item_kind, item_id, stage_id, product_code, is_basket,
        count(*) over (partition by nomenclature, item_kind, item_id, stage_id) as n_codes_listed
    from {{ ref('int_dependency__item_products') }}
    where item_kind = 'product' or not is_basket

),

codes as (

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

measured as (

    select
        items.item_kind, items.item_id, items.stage_id, codes.year, codes.nomenclature,
        bool_or(codes.has_aggregated_importers) as has_aggregated_importers,
        bool_or(items.is_basket) as is_basket,
        string_agg(items.product_code, '|' order by items.product_code) as product_codes,
        min(codes.weighed_share) as weighed_share,
        max(codes.year) over (
            partition by items.item_kind, items.item_id, items.stage_id
        ) as last_year
    from items
    inner join codes
        using (nomenclature, product_code)
    group by
        items.item_kind, items.item_id, items.stage_id, codes.year, codes.nomenclature,
        items.n_codes_listed
    having count(*) = items.n_codes_listed

),

chosen as (

    select measured.*
    from measured
    cross join thresholds
    where
        measured.weighed_share >= thresholds.coverage_limit
        and measured.year > measured.last_year - thresholds.n_years
    qualify row_number() over (
        partition by item_kind, item_id, stage_id, year
        order by has_aggregated_importers, nomenclature desc
    ) = 1

)

select
    chosen.item_kind, chosen.item_id, chosen.stage_id, chosen.year, chosen.last_year,
    chosen.nomenclature, chosen.product_codes, chosen.has_aggregated_importers, chosen.is_basket,
    flows.exporter_id, flows.importer_id,
    -- whole grams and dollars: sums of integers are the same in any order of the rows
    sum(round(coalesce(flows.net_weight_kg, flows.value_usd / codes.usd_per_kg) * 1000)) / 1e6
        as weight_t,
    coalesce(
        sum(round(flows.value_usd / codes.usd_per_kg * 1000)) filter (
            where flows.net_weight_kg is null
        ), 0
    ) / 1e6 as imputed_t,
    sum(round(flows.value_usd)) as value_usd,
    max(flows.edition) as edition,
    max(flows.known_from_date) as known_from_date,
    max(flows.lineage_id) as lineage_id
from chosen
inner join items
    using (nomenclature, item_kind, item_id, stage_id)
inner join flows
    on
        items.nomenclature = flows.nomenclature
        and items.product_code = flows.product_code
        and chosen.year = flows.year
inner join codes
    on
        flows.nomenclature = codes.nomenclature
        and flows.product_code = codes.product_code
        and flows.year = codes.year
group by all
