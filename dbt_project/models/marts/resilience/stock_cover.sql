-- noqa: disable=LT02
{% set tonnes = {
    'metric tons': 1, 'kilograms': 0.001, 'thousand metric tons': 1000, 'million metric tons': 1000000,
} %}
with

stocks as (

    select
        *,
        case unit
            {%- for unit, factor in tonnes.items() %}
            when '{{ unit }}' then value * {{ factor }}
            {%- endfor %}
        end as stock_t
    from {{ ref('fct_us_salient') }}
    where statistic = 'stock' and known_to_date is null and material_id is not null

),

balances as (

    select
        material_id, year,
        count(*) as n_balances,
        max(qty_basis) as qty_basis,
        max(imports_quantity - exports_quantity) as net_imports_t,
        max(consumption_quantity) as consumption_t
    from {{ ref('apparent_consumption') }}
    where
        known_to_date is null
        and quantity_unit = 't'
        and qty_basis <> 'mixed'
    group by material_id, year

),

concern as (

    select members.country_id
    from {{ ref('bridge_concern_member') }} as members
    inner join {{ ref('dim_concern_list') }} as lists
        on members.list_id = lists.list_id
    cross join {{ ref('int_run__parameters') }} as parameters
    where lists.is_headline and {{ valid_on('members', 'parameters.as_of_date') }}

),

-- four years' imports of the forms that the chapter lists, where it lists them as one
sources as (

    select
        shares.material_id,
        count(distinct shares.form_id) as n_forms,
        coalesce({{ order_independent_sum(
            'shares.import_share', filter='concern.country_id is not null'
        ) }}, 0) as concern_share_low,
        coalesce({{ order_independent_sum(
            'shares.import_share',
            filter="concern.country_id is not null or shares.row_kind <> 'country'"
        ) }}, 0) as concern_share_high
    from {{ ref('fct_us_import_source') }} as shares
    left join concern
        on shares.country_id = concern.country_id
    where shares.known_to_date is null
    group by shares.material_id

),

counted as (

    select
        'USA' as entity_id,
        stocks.material_id,
        coalesce(nullif(stocks.form_id, ''), 'stocks') as form_id,
        coalesce(nullif(stocks.detail, ''), 'stocks') as stock_of,
        cast(concat(cast(stocks.year as varchar), '-12-31') as date) as as_of_date,
        'computed' as method,
        balances.qty_basis,
        stocks.stock_t,
        case when balances.n_balances = 1 then balances.net_imports_t end as net_imports_t,
        case when balances.n_balances = 1 then balances.consumption_t end as consumption_t,
        case when sources.n_forms = 1 then sources.concern_share_low end as concern_share_low,
        case when sources.n_forms = 1 then sources.concern_share_high end as concern_share_high,
        cast(null as double) as reported_days,
        case
            when stocks.value is null then stocks.value_status
            when stocks.stock_t is null then 'not_a_unit_of_mass'
            when coalesce(balances.n_balances, 0) <> 1 then 'no_balance_on_one_basis'
            when balances.net_imports_t is null then 'net_imports_not_printed'
            when balances.net_imports_t <= 0 then 'net_exporter'
        end as missing_reason,
        stocks.source_id, stocks.edition, stocks.is_estimated, stocks.known_from_date,
        stocks.lineage_id
    from stocks
    left join balances
        on
            stocks.material_id = balances.material_id
            and stocks.year = balances.year
    left join sources
        on stocks.material_id = sources.material_id

),

statements as (

    select * from {{ ref('int_methods__reported_covers') }}

),

covers as (

    select * from counted
    union all by name
    select * from statements

)

select
    cast(entity_id as varchar) as entity_id,
    cast(material_id as varchar) as material_id,
    cast(form_id as varchar) as form_id,
    cast(stock_of as varchar) as stock_of,
    cast(as_of_date as date) as as_of_date,
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(method as varchar) as method,
    cast(qty_basis as varchar) as qty_basis,
    cast(stock_t as double) as stock_t,
    cast(case when net_imports_t > 0 then net_imports_t / 365 end as double) as daily_net_import_t,
    cast(
        case
            when method = 'reported' then reported_days
            when missing_reason is null then stock_t / (net_imports_t / 365)
        end as double
    ) as cover_days,
    cast(stock_t / nullif(consumption_t / 365, 0) as double) as cover_use_days,
    -- the days for which the stock replaces what came from countries of concern
    cast(
        case
            when missing_reason is null and concern_share_high > 0
                then stock_t / (net_imports_t / 365 * concern_share_high)
        end as double
    ) as cover_days_ex_concern_low,
    cast(
        case
            when missing_reason is null and concern_share_low > 0
                then stock_t / (net_imports_t / 365 * concern_share_low)
        end as double
    ) as cover_days_ex_concern_high,
    cast(missing_reason as varchar) as missing_reason,
    cast(is_estimated as boolean) as is_estimated,
    cast(known_from_date as date) as known_from_date,
    cast(lineage_id as varchar) as lineage_id
from covers
qualify row_number() over (
    partition by entity_id, material_id, form_id, as_of_date, source_id
    order by known_from_date desc, edition desc, stock_t desc nulls last
) = 1
