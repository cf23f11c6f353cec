-- One row per item and year of the last years of reconciled trade, with the nomenclature in which all
-- codes of the item are there and have weights.
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
        max(edition) as edition,
        max(known_from_date) as known_from_date,
        max(lineage_id) as lineage_id,
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
        max(codes.edition) as edition,
        max(codes.known_from_date) as known_from_date,
        max(codes.lineage_id) as lineage_id,
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

)

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
