-- One row per edition, reporter, partner, HS revision, product, flow and period: UN Comtrade's
-- declarations with countries in our ids, World still beside the partners.
-- noqa: disable=LT02
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__declared_periods'], ['period']) }}",
    post_hook="{{ record_built_periods(['int_trade__declared_periods']) }}",
) }}

{# each part reads its own rows: DuckDB would keep all rows of an expression that both name #}
{% set parts = {'single': 'anti', 'shared': 'semi'} %}
{% set amounts = {
    'value_usd': 'value_usd', 'value_cif_usd': 'value_cif_usd', 'value_fob_usd': 'value_fob_usd',
    'weighed_kg': 'weighed_kg', 'net_weight_kg': 'stated_kg'
} %}

with

codes as (

    select * from {{ ref('int_country__codes') }} where code_system = 'comtrade'

),

-- several numbers may stand for one of our ids (the areas not specified, NES): who declares under
-- them, or is declared, in one period
numbers as (

    select
        declared.edition, declared.period, declared.reporter_code, declared.partner_code,
        count(*) over (
            partition by
                declared.edition, declared.period, coalesce(reporters.country_id, 'UNMAPPED'),
                coalesce(partners.country_id, 'UNMAPPED')
        ) as n_numbers
    from (
        select distinct
            edition, period, reporter_code, partner_code
        from {{ ref('int_trade__comtrade_rows') }}
        {{ only_changed_periods(['int_trade__declared_periods'], ['period']) }}
    ) as declared
    left join codes as reporters
        on declared.reporter_code = reporters.code
    left join codes as partners
        on declared.partner_code = partners.code

),

shared_numbers as (

    select * from numbers where n_numbers > 1

),

{% for part, join in parts.items() %}
{{ part }} as (

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
    from (
        select *
        from {{ ref('int_trade__comtrade_rows') }}
        {{ only_changed_periods(['int_trade__declared_periods'], ['period']) }}
    ) as declared
    {{ join }} join shared_numbers
        using (edition, period, reporter_code, partner_code)
    left join codes as reporters
        on declared.reporter_code = reporters.code
    left join codes as partners
        on declared.partner_code = partners.code
    where coalesce(reporters.code_kind, 'country') <> 'group' or reporters.country_id = 'TWN'

),
{% endfor %}

declarations as (

    select
        edition, reporter_id, partner_id, classification_code, cmd_code, flow_code, period,
        {%- for column, name in amounts.items() %}
        {{ exact(column) }} as {{ name }},
        {%- endfor %}
        is_weight_estimated,
        net_weight_kg is null as is_weight_from_quantity,
        alt_qty_unit_code as alt_unit,
        case when alt_qty_unit_code is not null then {{ exact('alt_qty') }} end as alt_qty,
        n_lines, row_method, known_from_date
    from single

    union all

    select
        edition, reporter_id, partner_id, classification_code, cmd_code, flow_code, period,
        {%- for column, name in amounts.items() %}
        {{ exact_sum(column) if column == 'value_usd' else sum_if_complete(column) }} as {{ name }},
        {%- endfor %}
        bool_or(is_weight_estimated) as is_weight_estimated,
        bool_or(net_weight_kg is null) as is_weight_from_quantity,
        min(alt_qty_unit_code) as alt_unit,
        case
            when min(alt_qty_unit_code) = max(alt_qty_unit_code) then {{ exact_sum('alt_qty') }}
        end as alt_qty,
        cast(sum(n_lines) as bigint) as n_lines,
        max(row_method) as row_method,
        min(known_from_date) as known_from_date
    from shared
    group by
        edition, reporter_id, partner_id, classification_code, cmd_code, flow_code, period

)

select
    edition, reporter_id, partner_id,
    {{ hs_nomenclature('classification_code', 'substr(period, 1, 4)') }} as nomenclature,
    cmd_code as product_code,
    case flow_code when 'M' then 'import' else 'export' end as flow,
    period, value_usd, value_cif_usd, value_fob_usd, weighed_kg, stated_kg, is_weight_estimated,
    is_weight_from_quantity, alt_unit, alt_qty, n_lines, row_method, known_from_date
from declarations
