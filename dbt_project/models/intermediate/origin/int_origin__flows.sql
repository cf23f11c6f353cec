-- One row per case, exporter and importer: the content in tonnes that crosses the border, with the
-- least and the most that the content factor allows. A flow without a weight is given the world's
-- unit value of its code and year, and its share is a column: left out it would be a zero.
with

cases as (

    select * from {{ ref('int_origin__cases') }}
    where state = 'traced'

),

codes as (

    select
        nomenclature, product_code, confidence,
        item_id as material_id,
        stage_id,
        content_factor_high as content_factor
    from {{ ref('bridge_product_material') }}
    where item_kind = 'material' and not is_basket

),

flows as (

    select * from {{ ref('int_origin__code_flows') }}

),

prices as (

    select
        nomenclature, product_code, year,
        sum(value_usd) / nullif(sum(net_weight_kg), 0) as usd_per_kg
    from flows
    where net_weight_kg > 0 and value_usd > 0
    group by nomenclature, product_code, year

),

tolerances as (

    select
        max(case when threshold_id = 'content_factor_medium' then threshold end) as medium,
        max(case when threshold_id = 'content_factor_low' then threshold end) as low
    from {{ ref('int_dependency__thresholds') }}

),

converted as (

    select
        cases.case_id, flows.exporter_id, flows.importer_id,
        coalesce(flows.net_weight_kg, flows.value_usd / prices.usd_per_kg) / 1000 as weight_t,
        flows.net_weight_kg is null as is_imputed,
        case when cases.qty_basis = 'content' then codes.content_factor else 1.0 end as factor,
        -- an element's own weight is its content
        case
            when cases.qty_basis <> 'content' or codes.content_factor = 1 then 0.0
            when codes.confidence = 'high' then 0.0
            when codes.confidence = 'medium' then tolerances.medium
            else tolerances.low
        end as tolerance
    from cases
    inner join codes
        on
            cases.nomenclature = codes.nomenclature
            and cases.material_id = codes.material_id
            and cases.stage_id = codes.stage_id
    inner join flows
        on
            codes.nomenclature = flows.nomenclature
            and codes.product_code = flows.product_code
            and cases.year = flows.year
    left join prices
        on
            flows.nomenclature = prices.nomenclature
            and flows.product_code = prices.product_code
            and flows.year = prices.year
    cross join tolerances

)

select
    case_id, exporter_id, importer_id,
    -- whole grams: sums of integers are the same in any order of the rows
    sum(round(weight_t * factor * 1e6)) / 1e6 as flow_t,
    sum(round(weight_t * factor * (1 - tolerance) * 1e6)) / 1e6 as flow_low_t,
    sum(round(weight_t * least(factor * (1 + tolerance), greatest(factor, 1.0)) * 1e6)) / 1e6
        as flow_high_t,
    coalesce(sum(round(weight_t * factor * 1e6)) filter (where is_imputed), 0) / 1e6 as imputed_t
from converted
where weight_t > 0
group by case_id, exporter_id, importer_id
