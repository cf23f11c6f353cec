-- noqa: disable=ST07
with

cases as (

    select * from {{ ref('int_origin__cases') }}

),

-- a country's exports and how much of them its supply allows, once per country
exporters as (

    select distinct
        shares.case_id, shares.consumer_id, shares.consumption_t, shares.declared_exports_t,
        shares.export_scale, cases.production_t
    from {{ ref('int_origin__shares') }} as shares
    inner join cases
        on shares.case_id = cases.case_id

),

sums as (

    select
        case_id,
        sum(round(declared_exports_t * 1e6)) / 1e6 as exports_t,
        sum(round(declared_exports_t * export_scale * 1e6)) / 1e6 as kept_t,
        {{ order_independent_sum('consumption_t / production_t') }} * max(production_t)
            as consumption_t,
        string_agg(consumer_id, '|' order by consumer_id) filter (
            where export_scale < 1 and declared_exports_t > 0
        ) as rescaled_ids
    from exporters
    group by case_id

)

select
    cast(cases.material_id as varchar) as material_id,
    cast(cases.stage_id as varchar) as stage_id,
    cast(cases.year as integer) as year,
    cast(cases.state as varchar) as state,
    cast(cases.state = 'traced' as boolean) as is_traced,
    cast(cases.nomenclature as varchar) as nomenclature,
    cast(cases.product_codes as varchar) as product_codes,
    cast(cases.n_codes as integer) as n_products,
    cast(cases.n_codes_listed as integer) as n_products_mapped,
    cast(cases.weighed_share as double) as weight_coverage_share,
    cast(cases.value_usd as double) as value_usd,
    cast(cases.qty_basis as varchar) as qty_basis,
    cast(case when cases.state <> 'not_in_tonnes' then cases.production_t end as double)
        as production_t,
    cast(sums.consumption_t as double) as consumption_t,
    cast(case when cases.state <> 'not_in_tonnes' then cases.unnamed_production_t end as double)
        as unnamed_production_t,
    cast(cases.n_unknown_producers as integer) as n_unknown_producers,
    cast(sums.exports_t as double) as exports_t,
    cast(1 - sums.kept_t / nullif(sums.exports_t, 0) as double) as unexplained_export_share,
    cast(sums.rescaled_ids as varchar) as rescaled_ids,
    cast(cases.production_flags as varchar) as quality_flags,
    cast(cases.trade_edition as varchar) as trade_edition,
    cast(cases.production_edition as varchar) as production_edition,
    cast(cases.known_from_date as date) as known_from_date,
    cast(cases.lineage_id as varchar) as lineage_id
from cases
left join sums
    using (case_id)
