-- One row per importer, source and year: how much of its imports carries a weight, a known
-- partner, a code of one item. Rows per key tells how many printed lines a fact row was made of.
with

flows as (

    select * from {{ ref('int_trade__import_flows') }}

),

reported as (

    select * from {{ ref('fct_trade_reported') }}

),

baskets as (

    select nomenclature, product_code
    from {{ ref('bridge_product_material') }}
    group by nomenclature, product_code
    having min(case when is_basket then 1 else 0 end) = 1

),

measured as (

    select
        flows.importer_id, flows.source_id, flows.year,
        count(*) as n_rows,
        sum(flows.value_usd) as value_usd,
        sum(case
            when flows.exporter_id in ('UNMAPPED', 'NES', 'SPECIAL') then flows.value_usd else 0
        end) as unmapped_usd,
        sum(case when flows.net_weight_kg is null then flows.value_usd else 0 end)
            as missing_weight_usd,
        sum(case when baskets.product_code is not null then flows.value_usd else 0 end)
            as basket_usd,
        max(case when flows.is_truncated then 1 else 0 end) as has_truncated,
        min(case when flows.is_complete then 1 else 0 end) as all_complete
    from flows
    left join baskets
        on
            flows.nomenclature = baskets.nomenclature
            and flows.product_code = baskets.product_code
    group by flows.importer_id, flows.source_id, flows.year

),

multiplicity as (

    select
        reporter_id, source_id, year,
        sum(n_lines) / cast(count(*) as double) as rows_per_key_raw
    from reported
    where flow = 'import'
    group by reporter_id, source_id, year

)

select
    measured.importer_id, measured.source_id, measured.year, measured.n_rows,
    measured.unmapped_usd / nullif(measured.value_usd, 0) as unmapped_share,
    measured.missing_weight_usd / nullif(measured.value_usd, 0) as missing_weight_share,
    measured.basket_usd / nullif(measured.value_usd, 0) as basket_share,
    multiplicity.rows_per_key_raw,
    case
        when measured.all_complete = 0 then 'incomplete'
        when measured.has_truncated = 1 then 'truncated'
        else 'reported'
    end as coverage_status
from measured
left join multiplicity
    on
        measured.importer_id = multiplicity.reporter_id
        and measured.source_id = multiplicity.source_id
        and measured.year = multiplicity.year
