-- One row per edition, reporter, partner, HS revision, product, flow and period: UN Comtrade's
-- declarations with countries in our ids, World still beside the partners.
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__declared_periods'], ['period']) }}",
    post_hook="{{ record_built_periods(['int_trade__declared_periods']) }}",
) }}

with

declared as (

    select *
    from {{ ref('int_trade__comtrade_rows') }}
    {{ only_changed_periods(['int_trade__declared_periods'], ['period']) }}

),

codes as (

    select * from {{ ref('int_country__codes') }} where code_system = 'comtrade'

),

mapped as (

    select
        declared.*,
        coalesce(reporters.country_id, 'UNMAPPED') as reporter_id,
        coalesce(partners.country_id, 'UNMAPPED') as partner_id,
        -- the publisher's own weight, else the quantity where its unit (8) is the kilogram
        case
            when net_weight_kg is not null and not is_weight_estimated then net_weight_kg
            when alt_qty_unit_code = 8 and not is_weight_estimated then alt_qty
            when qty_unit_code = 8 and not is_weight_estimated then qty
        end as weighed_kg
    from declared
    left join codes as reporters
        on declared.reporter_code = reporters.code
    left join codes as partners
        on declared.partner_code = partners.code
    where coalesce(reporters.code_kind, 'country') <> 'group' or reporters.country_id = 'TWN'

)

-- several numbers may stand for one of our ids (the areas not specified, NES)
select
    edition, reporter_id, partner_id,
    {{ hs_nomenclature('classification_code', 'substr(period, 1, 4)') }} as nomenclature,
    cmd_code as product_code,
    case flow_code when 'M' then 'import' else 'export' end as flow,
    period,
    {{ exact_sum('value_usd') }} as value_usd,
    {{ sum_if_complete('value_cif_usd') }} as value_cif_usd,
    {{ sum_if_complete('value_fob_usd') }} as value_fob_usd,
    {{ sum_if_complete('weighed_kg') }} as weighed_kg,
    {{ sum_if_complete('net_weight_kg') }} as stated_kg,
    bool_or(is_weight_estimated) as is_weight_estimated,
    bool_or(net_weight_kg is null) as is_weight_from_quantity,
    min(alt_qty_unit_code) as alt_unit,
    case when count(distinct alt_qty_unit_code) = 1 then {{ exact_sum('alt_qty') }} end as alt_qty,
    cast(sum(n_lines) as bigint) as n_lines,
    max(row_method) as row_method,
    min(known_from_date) as known_from_date
from mapped
group by
    edition, reporter_id, partner_id, classification_code, cmd_code, flow_code, period
