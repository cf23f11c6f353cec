-- One row per country, material, form, year, source, edition and method: how much of its use a
-- country imports, as published, recomputed from the balance, and by trade alone. The three are
-- never mixed into one.
-- noqa: disable=ST07
with

balances as (

    select
        *,
        case when quantity_unit = 't' then 1 end as tonnes,
        imports_quantity - exports_quantity + coalesce(stock_change_quantity, 0) as net_imports,
        case
            when coalesce(primary_production_quantity, secondary_production_quantity) is null
                then null
            when
                (primary_production_quantity is not null or primary_production_status = 'not_listed')
                and (
                    secondary_production_quantity is not null
                    or secondary_production_status = 'not_listed'
                )
                then
                    coalesce(primary_production_quantity, 0)
                    + coalesce(secondary_production_quantity, 0)
        end as production_quantity
    from {{ ref('apparent_consumption') }}

),

reliance as (

    select * from {{ ref('int_production__us_balance') }}
    where role = 'reliance'

),

trade as (

    select * from {{ ref('int_dependency__trade_balances') }}

),

published as (

    select
        source_id, edition,
        'USA' as country_id,
        material_id, form_id, reliance.year,
        'published' as method,
        reliance.quantity / 100 as nir_ratio,
        reliance.value_operator as nir_operator,
        reliance.value_status,
        reliance.details || coalesce('; ' || reliance.definition_text, '') as definition_text,
        balances.qty_basis,
        balances.consumption_quantity * balances.tonnes as ac_t,
        balances.production_quantity * balances.tonnes as production_qualifying_t,
        balances.imports_quantity * balances.tonnes as imports_t,
        balances.exports_quantity * balances.tonnes as exports_t,
        balances.stock_change_quantity * balances.tonnes as stock_change_t,
        reliance.stage_ids,
        '' as quality_flags,
        reliance.known_from_date, reliance.known_to_date
    from reliance
    left join balances
        using (source_id, edition, material_id, form_id, year)

),

identity as (

    select
        source_id, edition, country_id, material_id, form_id, year,
        'identity' as method,
        -- a net exporter's reliance is neither zero nor negative
        case when net_imports >= 0 then net_imports / nullif(balance_quantity, 0) end as nir_ratio,
        '=' as nir_operator,
        case
            when not is_complete then 'not_available'
            when net_imports < 0 then 'net_exporter'
            when balance_quantity > 0 then 'estimated'
            else 'not_applicable'
        end as value_status,
        '(imports - exports + stocks drawn) / (qualifying production + imports - exports '
        || '+ stocks drawn); ' || definition_text as definition_text,
        qty_basis,
        balance_quantity * tonnes as ac_t,
        production_quantity * tonnes as production_qualifying_t,
        imports_quantity * tonnes as imports_t,
        exports_quantity * tonnes as exports_t,
        stock_change_quantity * tonnes as stock_change_t,
        cast(null as varchar) as stage_ids,
        quality_flags, known_from_date, known_to_date
    from balances

),

proxies as (

    select
        source_id, edition, country_id, material_id,
        stage_id as form_id,
        year,
        'trade_only_proxy' as method,
        case when imports_usd >= exports_usd then 1 - exports_usd / imports_usd end as nir_ratio,
        '=' as nir_operator,
        case when imports_usd >= exports_usd then 'estimated' else 'net_exporter' end
            as value_status,
        '(imports - exports) / imports by value, ' || flow_basis
        || '; neither production nor stocks: not a net import reliance' as definition_text,
        'value' as qty_basis,
        cast(null as double) as ac_t,
        cast(null as double) as production_qualifying_t,
        imports_t,
        cast(null as double) as exports_t,
        cast(null as double) as stock_change_t,
        stage_id as stage_ids,
        quality_flags, known_from_date,
        cast(null as date) as known_to_date
    from trade

)

select * from published
union all
select * from identity
union all
select * from proxies
